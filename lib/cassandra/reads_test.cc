#include "lib/cassandra/reads.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/model/document.h"

namespace cassplan::cassandra {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

size_t EntriesOf(const std::string& body) {
  model::Value value;
  EXPECT_THAT(model::ParseJsonDocument(body, {}, &value), IsEmpty()) << body;
  return value.items.size();
}

TEST(Reads, AreOneRequestPerAttribute) {
  const std::string body = AttributeReads();
  EXPECT_GT(EntriesOf(body), 30u);
  EXPECT_THAT(body, HasSubstr(R"({"type":"read","mbean":"org.apache.cassandra.db:type=StorageService",)"
                              R"("attribute":"OperationMode"})"));
}

TEST(Reads, AskForTheReplicationOfWhatIsReplicated) {
  const std::string answer = R"([
      {"request": {"mbean": "org.apache.cassandra.db:type=StorageService", "attribute": "Keyspaces", "type": "read"},
       "value": ["system", "shop", "a\"b", "system_auth"], "status": 200}])";
  const std::vector<std::string> keyspaces = KeyspacesToAsk(answer);
  EXPECT_THAT(keyspaces, ElementsAre("a\"b", "shop", "system_auth"));
  EXPECT_EQ(EntriesOf(ReplicationReads(keyspaces)), 3u);
  EXPECT_EQ(ReplicationReads({}), "");
}

TEST(Reads, PreferTheListOfReplicatedKeyspaces) {
  const std::string answer = R"([
      {"request": {"mbean": "org.apache.cassandra.db:type=StorageService", "attribute": "Keyspaces", "type": "read"},
       "value": ["system", "shop", "local"], "status": 200},
      {"request": {"mbean": "org.apache.cassandra.db:type=StorageService",
                   "attribute": "NonLocalStrategyKeyspaces", "type": "read"}, "value": ["shop"], "status": 200}])";
  EXPECT_THAT(KeyspacesToAsk(answer), ElementsAre("shop"));
}

TEST(Reads, WhatCannotBeReadNamesNothing) {
  for (const char* answer : {"", "null", "[", "{}", "[1, null, {\"request\": 3}]"}) {
    EXPECT_THAT(KeyspacesToAsk(answer), IsEmpty()) << answer;
  }
}

TEST(Reads, AnswersAreJoined) {
  EXPECT_EQ(JoinAnswers(" [1, 2] ", "[3]"), "[1, 2,3]");
  EXPECT_EQ(JoinAnswers("[]", "[3]"), "[3]");
  EXPECT_EQ(JoinAnswers("[1]", "no JSON"), "[1]");
  EXPECT_EQ(JoinAnswers("", ""), "[]");
}

}  // namespace
}  // namespace cassplan::cassandra

// Equal input, equal bytes: in whatever order the lists of a request stand, however often and in however many threads
// it is planned, and in every process. `--print_digest` prints a digest of all responses (tests/two_processes_test.py).
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/message_differencer.h"
#include "lib/base/fingerprint.h"
#include "tests/property/cases.h"
#include "tests/property/mutate.h"
#include "tests/property/support.h"

namespace cassplan::property {
namespace {

std::string Bytes(const google::protobuf::Message& message) {
  std::string out;
  {
    google::protobuf::io::StringOutputStream stream(&out);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return out;
}

// Where two responses differ; empty when they do not.
std::string Difference(const v1::PlanResponse& a, const v1::PlanResponse& b) {
  if (Bytes(a) == Bytes(b)) return "";
  google::protobuf::util::MessageDifferencer differencer;
  std::string text;
  differencer.ReportDifferencesToString(&text);
  differencer.Compare(a, b);
  return text.empty() ? "the bytes differ" : text.substr(0, 2000);
}

// Lists of every kind, two of each at least, so that their order can show.
void Enrich(v1::PlanRequest* request) {
  v1::Desired* desired = request->mutable_desired();
  for (const char* name : {"svc-a", "svc-b", "pdb"}) {
    v1::SharedObject* object = desired->add_objects();
    object->set_kind("Service");
    object->set_name(name);
    object->set_revision("1");
  }
  for (const char* path : {"spec.a", "spec.b"}) desired->add_locations()->set_path(path);
  for (v1::DesiredDatacenter& dc : *desired->mutable_datacenters()) {
    for (v1::DesiredRack& rack : *dc.mutable_racks()) {
      for (const char* name : {"config", "image", "env"}) {
        v1::TemplateSection* section = rack.mutable_template_()->add_sections();
        section->set_name(name);
        section->set_value(absl::StrCat(name, "-new"));
      }
    }
  }
  v1::Policy* policy = request->mutable_policy();
  policy->add_levels(v1::CONSISTENCY_LEVEL_LOCAL_QUORUM);
  policy->add_levels(v1::CONSISTENCY_LEVEL_LOCAL_SERIAL);
  policy->mutable_repair()->add_keyspaces("app");
  policy->mutable_repair()->add_keyspaces("more");
  for (const char* name : {"app", "more"}) {
    v1::KeyspacePolicy* own = policy->add_keyspaces();
    own->set_name(name);
    own->add_levels(v1::CONSISTENCY_LEVEL_LOCAL_ONE);
    own->add_levels(v1::CONSISTENCY_LEVEL_LOCAL_QUORUM);
  }
  for (const char* guard : {"quorum", "seeds"}) {
    v1::Waiver* waiver = policy->add_waivers();
    waiver->set_action_id("no-such");
    waiver->set_guard(guard);
    waiver->set_by("me");
    waiver->set_why("because");
    waiver->set_until_seconds(testing::kNow + 100);
  }
  v1::Ledger* ledger = request->mutable_ledger();
  for (const char* host : {"b", "a", "c"}) {
    ledger->add_first_seen_down()->set_host_id(host);
    ledger->add_members()->set_host_id(host);
    ledger->add_left()->set_host_id(host);
    ledger->add_last_repairs()->set_keyspace(host);
    ledger->add_permits()->set_replaced_host_id(host);
    ledger->add_approvals()->set_plan_fingerprint(host);
  }
}

// What one source says again in a report of its own, older, newer, and once with another fact.
void SayItAgain(Random* random, v1::Observed* observed) {
  const int reports = observed->reports_size();
  for (int i = 0; i < reports; ++i) {
    if (!random->OneIn(4)) continue;
    v1::Report again = observed->reports(i);
    again.set_source(random->OneIn(2) ? again.source() : "another");
    again.set_observed_at_seconds(again.observed_at_seconds() - random->Below(3));
    if (random->OneIn(3)) Mutate(1 + random->Below(3), random, &again);
    *observed->add_reports() = again;
  }
}

v1::PlanRequest RequestOf(const Case& c, uint64_t seed) {
  v1::PlanRequest request = c.make(seed).Build();
  if (seed > 1) Enrich(&request);
  Random random(seed);
  if (seed > 2) SayItAgain(&random, request.mutable_observed());
  return request;
}

TEST(Determinism, OrderOfListsCarriesNoMeaning) {
  int planned = 0;
  for (const Case& c : SmallCases()) {
    for (uint64_t seed = 1; seed <= 12; ++seed) {
      SCOPED_TRACE(absl::StrCat(c.name, " seed ", seed));
      v1::PlanRequest request = RequestOf(c, seed);
      const v1::PlanResponse first = MustPlan(request);
      if (first.outcome() == v1::OUTCOME_INVALID) continue;  // what is wrong is named by its place in the list
      ++planned;
      Random random(seed);
      for (int i = 0; i < 4; ++i) {
        Shuffle(&random, &request);
        ASSERT_EQ(Difference(first, MustPlan(request)), "");
      }
    }
  }
  EXPECT_GT(planned, 400);
}

// Any request that is legal, also one that makes little sense.
TEST(Determinism, OrderOfListsOfMutants) {
  int planned = 0;
  for (const Case& c : SmallCases()) {
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      SCOPED_TRACE(absl::StrCat(c.name, " seed ", seed));
      v1::PlanRequest request = RequestOf(c, 1 + seed % 3);
      Random random(seed);
      Mutate(1 + random.Below(6), &random, &request);
      const v1::PlanResponse first = MustPlan(request);
      if (first.outcome() == v1::OUTCOME_INVALID) continue;
      ++planned;
      Shuffle(&random, &request);
      ASSERT_EQ(Difference(first, MustPlan(request)), "");
    }
  }
  EXPECT_GT(planned, 800);
}

TEST(Determinism, PlannedTwice) {
  for (const Case& c : SmallCases()) {
    const v1::PlanRequest request = RequestOf(c, 3);
    const v1::PlanResponse first = MustPlan(request);
    EXPECT_EQ(Difference(first, MustPlan(request)), "") << c.name;
    const absl::StatusOr<std::string> bytes = PlanBytes(request.SerializeAsString());
    ASSERT_TRUE(bytes.ok());
    v1::PlanResponse parsed;
    ASSERT_TRUE(parsed.ParseFromString(*bytes));
    EXPECT_EQ(Difference(first, parsed), "") << c.name;
  }
}

TEST(Determinism, FourThreadsAtOnce) {
  constexpr size_t kThreads = 4;
  std::vector<std::vector<std::string>> bytes(kThreads);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&bytes, t] {
      for (const Case& c : SmallCases()) {
        const absl::StatusOr<v1::PlanResponse> response = Plan(RequestOf(c, 2));
        bytes[t].push_back(response.ok() ? Bytes(*response) : response.status().ToString());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t t = 1; t < kThreads; ++t) EXPECT_EQ(bytes[t], bytes[0]);
}

}  // namespace

void PrintDigest() {
  base::Fingerprint digest;
  for (const Case& c : SmallCases()) {
    for (uint64_t seed = 1; seed <= 4; ++seed) digest.Add(Bytes(MustPlan(RequestOf(c, seed))));
  }
  std::printf("%s\n", digest.Hex().c_str());
}

}  // namespace cassplan::property

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--print_digest") == 0) {
    cassplan::property::PrintDigest();
    return 0;
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

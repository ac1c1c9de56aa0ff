// The schema has nothing that is not the same everywhere; and whatever a request says, the planner ends, gives an
// outcome, and plans nothing that the verifier objects to.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "tests/property/cases.h"
#include "tests/property/mutate.h"
#include "tests/property/support.h"

namespace cassplan::property {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// ---- the schema

void Visit(const Descriptor* message, std::set<std::string>* seen) {
  if (!seen->insert(message->full_name()).second) return;
  EXPECT_TRUE(absl::StartsWith(message->full_name(), "cassplan.v1.")) << message->full_name();
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor& field = *message->field(i);
    EXPECT_FALSE(field.is_map()) << field.full_name() << ": maps have no order";
    EXPECT_NE(field.cpp_type(), FieldDescriptor::CPPTYPE_FLOAT) << field.full_name();
    EXPECT_NE(field.cpp_type(), FieldDescriptor::CPPTYPE_DOUBLE) << field.full_name();
    EXPECT_NE(field.type(), FieldDescriptor::TYPE_BYTES) << field.full_name() << ": JSON has none";
    EXPECT_NE(field.type(), FieldDescriptor::TYPE_GROUP) << field.full_name();
    EXPECT_NE(field.cpp_type(), FieldDescriptor::CPPTYPE_UINT32) << field.full_name() << ": the digest knows none";
    EXPECT_NE(field.cpp_type(), FieldDescriptor::CPPTYPE_UINT64) << field.full_name() << ": the digest knows none";
    if (field.message_type() != nullptr) Visit(field.message_type(), seen);  // so neither Any nor Struct
  }
}

TEST(WellFormed, NothingButIntegersAndText) {
  std::set<std::string> seen;
  Visit(v1::PlanRequest::descriptor(), &seen);
  Visit(v1::PlanResponse::descriptor(), &seen);
  EXPECT_GT(seen.size(), 40u);
}

// Every message of the files of the schema is reached from the request or the response.
TEST(WellFormed, NoMessageIsLeftOut) {
  std::set<std::string> seen;
  Visit(v1::PlanRequest::descriptor(), &seen);
  Visit(v1::PlanResponse::descriptor(), &seen);
  for (const Descriptor* any :
       {v1::Target::descriptor(), v1::Desired::descriptor(), v1::Observed::descriptor(), v1::Ledger::descriptor(),
        v1::Policy::descriptor(), v1::Plan::descriptor(), v1::PlanRequest::descriptor()}) {
    for (int i = 0; i < any->file()->message_type_count(); ++i) {
      EXPECT_EQ(seen.count(any->file()->message_type(i)->full_name()), 1u) << any->file()->message_type(i)->full_name();
    }
  }
}

// Zero of every enum means "not given", so that a field left out never chooses anything.
TEST(WellFormed, ZeroOfAnEnumIsUnspecified) {
  const google::protobuf::FileDescriptor* const files[] = {
      v1::Target::descriptor()->file(), v1::Observed::descriptor()->file(), v1::Ledger::descriptor()->file(),
      v1::Policy::descriptor()->file(), v1::Plan::descriptor()->file(),     v1::PlanRequest::descriptor()->file()};
  int enums = 0;
  for (const google::protobuf::FileDescriptor* file : files) {
    for (int i = 0; i < file->enum_type_count(); ++i, ++enums) {
      const auto* zero = file->enum_type(i)->FindValueByNumber(0);
      ASSERT_NE(zero, nullptr) << file->enum_type(i)->full_name();
      EXPECT_TRUE(absl::EndsWith(zero->name(), "_UNSPECIFIED")) << zero->full_name();
    }
  }
  EXPECT_GT(enums, 10);
}

// ---- requests that make no sense

// What every response must be, whatever was asked.
void ExpectWellFormed(const v1::PlanRequest& request, const v1::PlanResponse& response) {
  EXPECT_NE(response.outcome(), v1::OUTCOME_UNSPECIFIED);
  EXPECT_FALSE(response.plan_fingerprint().empty() && response.outcome() != v1::OUTCOME_INVALID);
  if (response.outcome() == v1::OUTCOME_INVALID) {
    EXPECT_EQ(response.plan().actions_size(), 0);
    EXPECT_GT(response.findings_size(), 0) << "INVALID without a reason";
  }
  std::set<std::string> ids;
  for (const v1::Action& a : response.plan().actions()) {
    EXPECT_TRUE(ids.insert(a.id()).second) << "twice: " << testing::Name(a);
    EXPECT_NE(a.kind(), v1::ACTION_KIND_UNSPECIFIED);
    EXPECT_NE(a.id(), "") << testing::Name(a);
    EXPECT_FALSE(a.reason().text().empty()) << testing::Name(a);
  }
  for (const v1::Held& held : response.held()) {
    EXPECT_EQ(ids.count(held.action_id()), 0u) << "planned and held: " << testing::Name(held);
    EXPECT_GT(held.by_size(), 0) << testing::Name(held);
  }
  if (response.outcome() == v1::OUTCOME_CONVERGED) {
    EXPECT_EQ(response.plan().actions_size(), 0);
    EXPECT_EQ(response.held_size(), 0);
  }
  EXPECT_GE(response.ledger().version(), request.ledger().version());
}

struct Count {
  int requests = 0;
  std::map<v1::Outcome, int> outcomes;
  int64_t actions = 0;
};

void CheckMutant(const Case& c, uint64_t seed, Count* count) {
  Random random(seed);
  v1::PlanRequest request = c.make(1 + seed % 3).Build();
  Mutate(1 + random.Below(random.OneIn(4) ? 40 : 6), &random, &request);
  const v1::PlanResponse response = MustPlan(request);
  ExpectWellFormed(request, response);
  VerifyOptions effort = Effort(60, 1);
  effort.seed = seed;
  if (response.outcome() != v1::OUTCOME_INVALID) {
    EXPECT_EQ(Violations(Settled(request, response), response, effort), "");
  }
  ++count->requests;
  ++count->outcomes[response.outcome()];
  count->actions += response.plan().actions_size();
}

TEST(WellFormed, Mutants) {
  Count count;
  for (uint64_t seed = 1; count.requests < 2400; ++seed) {
    for (const Case& c : SmallCases()) {
      SCOPED_TRACE(absl::StrCat(c.name, " seed ", seed));
      CheckMutant(c, seed, &count);
      if (HasFailure()) return;
    }
  }
  RecordProperty("requests", count.requests);
  // They are neither all refused nor all left as they were.
  EXPECT_GT(count.outcomes[v1::OUTCOME_INVALID], 100);
  EXPECT_GT(count.outcomes[v1::OUTCOME_PLANNED], 300);
  EXPECT_GT(count.outcomes[v1::OUTCOME_BLOCKED], 100);
  EXPECT_GT(count.actions, 5000);
}

// Without something: each part of a request alone is missing.
TEST(WellFormed, PartsAreMissing) {
  for (const Case& c : SmallCases()) {
    const v1::PlanRequest whole = c.make(1).Build();
    const Descriptor* type = v1::PlanRequest::descriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      SCOPED_TRACE(absl::StrCat(c.name, " without ", type->field(i)->name()));
      v1::PlanRequest request = whole;
      request.GetReflection()->ClearField(&request, type->field(i));
      const v1::PlanResponse response = MustPlan(request);
      ExpectWellFormed(request, response);
      EXPECT_EQ(Violations(Settled(request, response), response, Effort(60, 1)), "");
    }
  }
  const v1::PlanResponse nothing = MustPlan(v1::PlanRequest());
  EXPECT_EQ(nothing.outcome(), v1::OUTCOME_INVALID);
}

// Each report alone is missing, failed or stale: unknown is not absent, so nothing irreversible comes of it.
TEST(WellFormed, ReportsAreMissing) {
  for (const char* name : {"Rolling3x3", "ScaleOut", "ScaleIn", "DebtThenLeave", "ReplaceDead", "AddDc"}) {
    const v1::PlanRequest whole = MakeCase(name).Build();
    for (int i = 0; i < whole.observed().reports_size(); ++i) {
      for (int how = 0; how < 3; ++how) {
        SCOPED_TRACE(absl::StrCat(name, " report ", i, how == 0 ? " missing" : how == 1 ? " failed" : " stale"));
        v1::PlanRequest request = whole;
        v1::Report* report = request.mutable_observed()->mutable_reports(i);
        if (how == 0) request.mutable_observed()->mutable_reports()->DeleteSubrange(i, 1);
        if (how == 1) report->set_status(v1::REPORT_STATUS_FAILED);
        if (how == 2) report->set_observed_at_seconds(testing::kNow - 100'000);
        const v1::PlanResponse response = MustPlan(request);
        ExpectWellFormed(request, response);
        EXPECT_EQ(Violations(Settled(request, response), response, Effort(60, 1)), "");
      }
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace cassplan::property

#include "lib/lint/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cassplan::lint {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

// Three racks of two nodes; app has three replicas.
Spec Healthy(const std::string& file = "a.yaml") {
  Spec spec;
  spec.file = file;
  spec.desired.set_cluster("demo");
  v1::DesiredDatacenter* dc = spec.desired.add_datacenters();
  dc->set_name("dc1");
  for (int i = 1; i <= 3; ++i) {
    v1::DesiredRack* rack = dc->add_racks();
    rack->set_name(absl::StrCat("r", i));
    rack->set_nodes(2);
    rack->mutable_template_()->set_release("4.1.10");
    rack->mutable_volume()->set_capacity_bytes(1000);
  }
  v1::Keyspace* k = spec.desired.add_keyspaces();
  k->set_name("app");
  k->set_strategy("NetworkTopologyStrategy");
  k->add_datacenters()->set_datacenter("dc1");
  k->mutable_datacenters(0)->set_replication_factor(3);
  return spec;
}

std::vector<v1::Finding> Of(const Spec& spec, const v1::Observed* observed = nullptr,
                            const v1::Ledger& ledger = v1::Ledger()) {
  Input input;
  input.specs.push_back(spec);
  input.observed = observed;
  input.ledger = ledger;
  input.now_seconds = 2'000'000;
  return Lint(input);
}

std::vector<std::string> Slugs(const std::vector<v1::Finding>& findings) {
  std::vector<std::string> slugs;
  for (const v1::Finding& f : findings) slugs.push_back(f.rule());
  return slugs;
}

v1::DesiredRack* Rack(Spec* spec, int i) { return spec->desired.mutable_datacenters(0)->mutable_racks(i); }
v1::Keyspace* App(Spec* spec) { return spec->desired.mutable_keyspaces(0); }

v1::Report* AddReport(v1::Observed* observed, const std::string& rack, int ordinal) {
  v1::Report* r = observed->add_reports();
  r->set_status(v1::REPORT_STATUS_OK);
  r->mutable_subject()->set_datacenter("dc1");
  r->mutable_subject()->set_rack(rack);
  if (ordinal >= 0) r->mutable_subject()->set_ordinal(ordinal);
  return r;
}

TEST(Lint, AHealthySpecHasNoFindings) { EXPECT_THAT(Of(Healthy()), IsEmpty()); }

TEST(Lint, EveryFindingHasARuleAFileAndARemedy) {
  Spec spec = Healthy();
  Rack(&spec, 0)->set_nodes(0);
  Rack(&spec, 1)->set_nodes(1);
  Rack(&spec, 2)->clear_volume();
  App(&spec)->set_strategy("SimpleStrategy");
  std::set<std::string> known;
  for (const Rule& rule : Rules()) known.insert(rule.slug);
  const std::vector<v1::Finding> findings = Of(spec);
  ASSERT_THAT(findings, Not(IsEmpty()));
  for (const v1::Finding& f : findings) {
    EXPECT_THAT(known, Contains(f.rule()));
    EXPECT_EQ(f.location().file(), "a.yaml") << f.rule();
    EXPECT_FALSE(f.remedy().empty()) << f.rule();
  }
}

TEST(Lint, RulesAreSortedAndTold) {
  std::string before;
  for (const Rule& rule : Rules()) {
    EXPECT_LT(before, rule.slug);
    before = rule.slug;
    EXPECT_GT(std::string(rule.summary).size(), 10u);
    EXPECT_GT(std::string(rule.help).size(), 10u);
  }
}

TEST(Lint, Replication) {
  Spec few = Healthy();
  for (int i = 0; i < 3; ++i) Rack(&few, i)->set_nodes(i == 0 ? 2 : 0);
  EXPECT_THAT(Slugs(Of(few)), Contains("replication-nodes"));
  EXPECT_THAT(Slugs(Of(few)), Not(Contains("rack-count"))) << "one rack is as good as three";

  Spec two_racks = Healthy();
  Rack(&two_racks, 2)->set_nodes(0);
  EXPECT_THAT(Slugs(Of(two_racks)), Contains("rack-count"));

  Spec two_replicas = Healthy();
  App(&two_replicas)->mutable_datacenters(0)->set_replication_factor(2);
  EXPECT_THAT(Slugs(Of(two_replicas)), Contains("intolerant-replication"));

  Spec elsewhere = Healthy();
  App(&elsewhere)->mutable_datacenters(0)->set_datacenter("dc9");
  EXPECT_THAT(Slugs(Of(elsewhere)), Contains("unknown-datacenter"));
}

TEST(Lint, SimpleStrategyIsAnErrorOverSeveralDatacenters) {
  Spec spec = Healthy();
  App(&spec)->set_strategy("SimpleStrategy");
  App(&spec)->clear_datacenters();
  EXPECT_EQ(Of(spec).at(0).level(), v1::FINDING_LEVEL_WARNING);
  *spec.desired.add_datacenters() = spec.desired.datacenters(0);
  spec.desired.mutable_datacenters(1)->set_name("dc2");
  ASSERT_EQ(Of(spec).at(0).rule(), "simple-strategy");
  EXPECT_EQ(Of(spec).at(0).level(), v1::FINDING_LEVEL_ERROR);
}

TEST(Lint, AuthReplicationComesFromWhatIsObserved) {
  v1::Observed observed;
  v1::Keyspace* auth = AddReport(&observed, "r1", -1)->mutable_schema()->add_keyspaces();
  auth->set_name("system_auth");
  auth->set_strategy("SimpleStrategy");
  auth->set_replication_factor(1);
  EXPECT_THAT(Slugs(Of(Healthy(), &observed)), Contains("auth-replication"));
  auth->set_replication_factor(3);
  EXPECT_THAT(Slugs(Of(Healthy(), &observed)), Not(Contains("auth-replication")));
  auth->set_replication_factor(1);
  observed.mutable_reports(0)->mutable_schema()->set_derived(true);  // only a lower bound
  EXPECT_THAT(Slugs(Of(Healthy(), &observed)), Not(Contains("auth-replication")));
}

TEST(Lint, TemplatesThatLeak) {
  Spec spec = Healthy();
  Rack(&spec, 1)->mutable_template_()->set_body(R"({"env":"{\"cassandra-yaml\":{\"auto_bootstrap\":false}}"})");
  EXPECT_THAT(Slugs(Of(spec)), Contains("auto-bootstrap"));
  Rack(&spec, 1)->mutable_template_()->set_body(
      R"({"env":"{\"cassandra-yaml\":{\"auto_bootstrap\":true,\"x\":false}}"})");
  EXPECT_THAT(Slugs(Of(spec)), IsEmpty());
  Rack(&spec, 1)->mutable_template_()->set_body(R"({"env":"-Dcassandra.replace_address_first_boot=10.0.0.1"})");
  EXPECT_THAT(Slugs(Of(spec)), Contains("replace-address"));

  v1::Observed observed;
  AddReport(&observed, "r1", -1)->mutable_rack()->mutable_template_()->set_body("auto_bootstrap: false");
  const std::vector<v1::Finding> stored = Of(Healthy(), &observed);
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_THAT(stored[0].message(), HasSubstr("stored template of rack dc1/r1"));
}

TEST(Lint, Versions) {
  Spec spec = Healthy();
  Rack(&spec, 0)->mutable_template_()->set_release("");
  EXPECT_THAT(Slugs(Of(spec)), Contains("version-unknown"));
  Rack(&spec, 0)->mutable_template_()->set_release("4.0.11");
  EXPECT_THAT(Slugs(Of(spec)), Contains("version-mixed"));
  Rack(&spec, 0)->mutable_template_()->set_release("4.1.3");
  EXPECT_THAT(Slugs(Of(spec)), IsEmpty()) << "one line";
  for (int i = 0; i < 3; ++i) Rack(&spec, i)->mutable_template_()->set_release("2.2.0");
  EXPECT_THAT(Slugs(Of(spec)), Contains("version-unsupported"));
}

TEST(Lint, UpgradePaths) {
  const auto path = [](const std::string& from, const std::string& to) {
    Spec spec = Healthy();
    for (int i = 0; i < 3; ++i) Rack(&spec, i)->mutable_template_()->set_release(to);
    v1::Observed observed;
    AddReport(&observed, "r1", 0)->mutable_node()->set_release(from);
    return Slugs(Of(spec, &observed));
  };
  EXPECT_THAT(path("3.11.9", "4.1.0"), Not(Contains("version-path")));
  EXPECT_THAT(path("4.0.9", "5.0.0"), Not(Contains("version-path")));
  EXPECT_THAT(path("4.1.9", "4.1.2"), Not(Contains("version-path"))) << "the same line, whichever way";
  EXPECT_THAT(path("3.11.9", "5.0.0"), Contains("version-path"));
  EXPECT_THAT(path("4.1.0", "4.0.0"), Contains("version-path"));
}

TEST(Lint, WhatIsObserved) {
  Spec spec = Healthy();
  v1::Target* seed = spec.desired.add_seeds();
  seed->set_datacenter("dc1");
  seed->set_rack("r1");
  seed->set_ordinal(1);
  v1::Observed observed;
  v1::Report* member = AddReport(&observed, "r1", 0);
  member->mutable_node()->set_mode(v1::NODE_MODE_NORMAL);
  member->mutable_node()->add_uncleaned_keyspaces("app");
  AddReport(&observed, "r1", 0)->mutable_slot()->set_present(true);
  AddReport(&observed, "r2", 5)->mutable_volume()->set_present(true);
  v1::Report* rack = AddReport(&observed, "r3", -1);
  rack->mutable_rack()->set_parallel(false);
  rack->mutable_rack()->set_nodes(2);
  // Without complete lists nothing is known to be absent.
  EXPECT_THAT(Slugs(Of(spec, &observed)), testing::UnorderedElementsAre("cleanup-owed", "ordered-ready"));
  AddReport(&observed, "r1", -1)->mutable_inventory()->set_slots_complete(true);
  EXPECT_THAT(Slugs(Of(spec, &observed)), IsSupersetOf({"kept-volume", "seed-joins", "cleanup-owed", "ordered-ready"}));
}

TEST(Lint, RepairAgeAgainstGcGrace) {
  const auto level = [](int64_t repaired_at, int64_t gc_grace) {
    Spec spec = Healthy();
    App(&spec)->set_gc_grace_seconds(gc_grace);
    v1::Observed observed;
    v1::RepairedTable* t = AddReport(&observed, "r1", -1)->mutable_repairs()->add_tables();
    t->set_keyspace("app");
    t->set_table("t");
    t->set_repaired_at_seconds(repaired_at);
    const std::vector<v1::Finding> found = Of(spec, &observed);
    return found.empty() ? v1::FINDING_LEVEL_UNSPECIFIED : found[0].level();
  };
  EXPECT_EQ(level(2'000'000 - 699, 1000), v1::FINDING_LEVEL_UNSPECIFIED);
  EXPECT_EQ(level(2'000'000 - 700, 1000), v1::FINDING_LEVEL_WARNING);
  EXPECT_EQ(level(2'000'000 - 1000, 1000), v1::FINDING_LEVEL_ERROR);
  EXPECT_EQ(level(1, 0), v1::FINDING_LEVEL_UNSPECIFIED) << "gc_grace 0: nothing to bring back";
  EXPECT_EQ(level(0, 1000), v1::FINDING_LEVEL_UNSPECIFIED) << "not known";
}

TEST(Lint, TwoClustersOfOneName) {
  Input input;
  input.specs = {Healthy("a.yaml"), Healthy("b.yaml")};
  const std::vector<v1::Finding> findings = Lint(input);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule(), "name-clash");
  EXPECT_EQ(findings[0].location().file(), "b.yaml");
  EXPECT_THAT(findings[0].message(), HasSubstr("a.yaml"));
  input.specs[1].desired.set_cluster("other");
  EXPECT_THAT(Lint(input), IsEmpty());
}

}  // namespace
}  // namespace cassplan::lint

#include "lib/kubernetes/cassandra_cluster.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/kubernetes/desired.h"
#include "lib/kubernetes/test_util.h"

namespace cassplan::kubernetes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kHead[] =
    "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata: {name: c, namespace: n}\nspec:\n";

CassandraCluster Read(const std::string& spec) { return ReadGood(kHead + spec); }

std::vector<std::string> SeedsOf(const std::string& spec) { return Read(spec).cluster.seeds; }

TEST(CassandraCluster, DefaultsOfAnEmptySpec) {
  const CassandraCluster read =
      ReadGood("apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata: {name: c}\nspec: {}\n");
  const ParsedCluster& cluster = read.cluster;
  EXPECT_EQ(cluster.name_space, "default");
  EXPECT_EQ(cluster.nodes_per_racks, 1);
  EXPECT_EQ(cluster.run_as_user, 999);
  EXPECT_EQ(cluster.fs_group, 1);
  EXPECT_TRUE(cluster.read_only_root_filesystem);
  EXPECT_EQ(cluster.service_account_name, "cassandra-cluster-node");
  EXPECT_EQ(cluster.server_type, "cassandra");
  EXPECT_EQ(cluster.liveness.initial_delay_seconds, 120);
  EXPECT_EQ(cluster.liveness.timeout_seconds, 20);
  EXPECT_EQ(cluster.readiness.initial_delay_seconds, 60);
  EXPECT_EQ(cluster.readiness.timeout_seconds, 10);
  EXPECT_EQ(cluster.readiness.period_seconds, 10);
  EXPECT_TRUE(cluster.backup.enabled);
  ASSERT_EQ(cluster.datacenters.size(), 1u);
  EXPECT_EQ(cluster.datacenters[0].name, "dc1");
  ASSERT_EQ(cluster.datacenters[0].racks.size(), 1u);
  EXPECT_EQ(cluster.datacenters[0].racks[0].name, "rack1");
  const v1::Desired& desired = read.desired;
  EXPECT_EQ(desired.cluster(), "c");
  EXPECT_EQ(desired.owner_id(), "");
  EXPECT_EQ(desired.max_unavailable(), 1);
  EXPECT_TRUE(desired.has_auto_cleanup());
  EXPECT_FALSE(desired.auto_cleanup());
  EXPECT_FALSE(desired.datacenters(0).racks(0).has_volume());
  EXPECT_TRUE(read.policy.IsNull());
  EXPECT_THAT(Joined(read.notes), HasSubstr("datacenter dc1 has no dataCapacity"));
}

TEST(CassandraCluster, DatacentersAndRacksInListedOrder) {
  const v1::Desired desired = Read(R"(
  nodesPerRacks: 2
  dataCapacity: 1.5Gi
  dataStorageClass: fast
  keyspaceCleanupThreads: 4
  autoPilot: true
  maxPodUnavailable: 3
  topology:
    dc:
    - name: west
      rack: [{name: r2}, {name: r1, rollingPartition: 1, rollingRestart: true}]
    - {name: east, nodesPerRacks: 0, dataCapacity: 200Mi, dataStorageClass: slow}
    - {name: north, dataStorageClass: slow}
)")
                                  .desired;
  ASSERT_EQ(desired.datacenters_size(), 3);
  const v1::DesiredDatacenter& west = desired.datacenters(0);
  EXPECT_EQ(west.name(), "west");
  EXPECT_EQ(west.racks(0).name(), "r2");
  EXPECT_EQ(west.racks(0).nodes(), 2);
  EXPECT_EQ(west.racks(0).partition(), 0);
  EXPECT_EQ(west.racks(0).restart_token(), "");
  EXPECT_EQ(west.racks(1).partition(), 1);
  EXPECT_EQ(west.racks(1).restart_token(), "requested");
  EXPECT_EQ(west.racks(0).volume().capacity_bytes(), 1610612736);
  EXPECT_EQ(west.racks(0).volume().storage_class(), "fast");
  EXPECT_EQ(west.racks(0).template_().release(), "3.11.10");
  // Another datacenter without racks does not take the first away, as it would with CassKop.
  EXPECT_EQ(desired.datacenters(1).racks(0).name(), "rack1");
  EXPECT_EQ(desired.datacenters(1).racks(0).nodes(), 0);
  EXPECT_EQ(desired.datacenters(1).racks(0).volume().capacity_bytes(), 200 << 20);
  EXPECT_EQ(desired.datacenters(1).racks(0).volume().storage_class(), "slow");
  EXPECT_EQ(desired.datacenters(2).racks(0).volume().storage_class(), "fast");
  EXPECT_EQ(desired.cleanup_threads(), 4);
  EXPECT_TRUE(desired.auto_cleanup());
  EXPECT_EQ(desired.max_unavailable(), 3);
}

TEST(CassandraCluster, SeedsAsCassKopChoosesThem) {
  EXPECT_THAT(SeedsOf("  nodesPerRacks: 5\n"),
              ElementsAre("c-dc1-rack1-0.c.n", "c-dc1-rack1-1.c.n", "c-dc1-rack1-2.c.n"));
  EXPECT_THAT(SeedsOf("  nodesPerRacks: 5\n  topology: {dc: [{name: d, rack: [{name: a}, {name: b}]}]}\n"),
              ElementsAre("c-d-a-0.c.n", "c-d-a-1.c.n", "c-d-b-0.c.n"));
  EXPECT_THAT(SeedsOf("  nodesPerRacks: 1\n  topology: {dc: [{name: d, rack: [{name: a}, {name: b}]}]}\n"),
              ElementsAre("c-d-a-0.c.n", "c-d-b-0.c.n"));
  EXPECT_THAT(
      SeedsOf("  nodesPerRacks: 5\n  topology: {dc: [{name: d, rack: [{name: a}, {name: b}, {name: x}, {name: y}]}, "
              "{name: e, nodesPerRacks: 0}]}\n"),
      ElementsAre("c-d-a-0.c.n", "c-d-b-0.c.n", "c-d-x-0.c.n"));
}

TEST(CassandraCluster, SeedsOfTheStatus) {
  const Json seeds = {"cassandra-demo-dc1-rack2-0.cassandra-demo.default", "10.0.0.1"};
  const CassandraCluster read = ReadChanged({{"status", {{"seedlist", seeds}}}});
  ASSERT_EQ(read.desired.seeds_size(), 2);
  EXPECT_EQ(read.desired.seeds(0).rack(), "rack2");
  EXPECT_TRUE(read.desired.seeds(0).has_ordinal());
  EXPECT_EQ(read.desired.seeds(1).name(), "10.0.0.1");
  EXPECT_EQ(read.desired.seeds(1).datacenter(), "");
  // With autoUpdateSeedList those that stay keep their place.
  const CassandraCluster updated =
      ReadChanged({{"spec", {{"autoUpdateSeedList", true}}}, {"status", {{"seedlist", seeds}}}});
  ASSERT_EQ(updated.desired.seeds_size(), 3);
  EXPECT_EQ(updated.desired.seeds(0).rack(), "rack2");
  EXPECT_EQ(updated.desired.seeds(1).rack(), "rack1");
  EXPECT_EQ(updated.desired.seeds(2).rack(), "rack3");
}

TEST(CassandraCluster, LocationsNameFileAndLine) {
  const CassandraCluster read =
      Read("  cassandraImage: cassandra:4.1\n  topology:\n    dc:\n    - name: dc1\n      nodesPerRacks: 3\n");
  std::string found;
  for (const v1::Location& location : read.desired.locations()) {
    for (const char* path : {"spec.cassandraImage", "spec.topology.dc[0]", "spec.topology.dc[0].nodesPerRacks"}) {
      if (location.path() == path) found += location.file() + ":" + std::to_string(location.line()) + " " + path + "\n";
    }
  }
  EXPECT_EQ(found,
            "cluster.yaml:5 spec.cassandraImage\ncluster.yaml:8 spec.topology.dc[0]\ncluster.yaml:9 "
            "spec.topology.dc[0].nodesPerRacks\n");
}

TEST(CassandraCluster, PathsOfSectionsFollowOverrides) {
  const CassandraCluster read = Read(R"(
  topology:
    dc:
    - {name: dc1, resources: {limits: {cpu: 1}}, rack: [{name: a}, {name: b, config: {cassandra-yaml: {x: 1}}}]}
)");
  std::string paths;
  for (const v1::DesiredRack& rack : read.desired.datacenters(0).racks()) {
    for (const v1::TemplateSection& section : rack.template_().sections()) {
      if (section.name() == "resources" || section.name() == "config") paths += section.path() + "\n";
    }
  }
  EXPECT_EQ(paths,
            "spec.config\nspec.topology.dc[0].resources\nspec.topology.dc[0].rack[1].config\nspec.topology.dc[0]."
            "resources\n");
}

TEST(CassandraCluster, PolicyIsHandedOn) {
  const CassandraCluster read = Read("  policy: {max_datacenters: 2}\n");
  EXPECT_EQ(model::CanonicalJson(read.policy), "{\"max_datacenters\":2}");
}

TEST(CassandraCluster, TypesOfYaml) {
  const CassandraCluster read = Read(
      "  serverVersion: 4.10\n  autoPilot: yes\n  config: {a: {b: no, c: 'no'}}\n  envVars: [{name: A, value: no}]\n");
  EXPECT_EQ(read.cluster.server_version, "4.10");
  EXPECT_TRUE(read.cluster.auto_pilot);
  EXPECT_EQ(read.cluster.config, "{\"a\":{\"b\":false,\"c\":\"no\"}}");
  EXPECT_EQ(read.cluster.env_vars[0], "{\"name\":\"A\",\"value\":\"no\"}");
}

TEST(CassandraCluster, JsonIsTypedStrictly) {
  const CassandraCluster read =
      ReadCassandraCluster(R"({"apiVersion":"db.orange.com/v2","kind":"CassandraCluster","metadata":{"name":"c"},)"
                           R"("spec":{"serverVersion":4,"autoPilot":"yes"}})",
                           "c.json", Format::kJson);
  EXPECT_EQ(Joined(read.problems),
            "c.json:1:108: spec.serverVersion: must be a string, not an integer\n"
            "c.json:1:122: spec.autoPilot: must be true or false, not a string\n");
}

TEST(CassandraCluster, NullIsNotWritten) {
  const CassandraCluster read =
      Read("  pod:\n  service: null\n  imagePullSecret: ~\n  topology:\n  nodesPerRacks: null\n  config: ~\n");
  EXPECT_EQ(read.cluster.datacenters[0].nodes_per_rack, 1);
}

TEST(CassandraCluster, NotesOfWhatIsLegalButOdd) {
  const CassandraCluster read = Read(R"(
  cassandraImage: cassandra:5.0.2
  dataStorageClass: fast
  unlockNextOperation: true
  debug: true
  envVars: [{name: A}, {name: A}]
  topology: {dc: [{name: a, dataStorageClass: x}, {name: b, dataCapacity: 1Gi}]}
)");
  const std::string notes = Joined(read.notes);
  EXPECT_THAT(notes, HasSubstr("spec.unlockNextOperation: has no effect"));
  EXPECT_THAT(notes, HasSubstr("spec.debug: Cassandra is not started"));
  EXPECT_THAT(notes, HasSubstr("spec.envVars[1].name: given twice; the last one is used"));
  EXPECT_THAT(notes, HasSubstr("spec.topology.dc[0].dataStorageClass: has no effect without dataCapacity"));
  EXPECT_THAT(notes, HasSubstr("spec.topology.dc[1].dataCapacity: CassKop does not mount"));
  EXPECT_THAT(notes, HasSubstr("unless dataStorageClass: fast is written here too"));
  EXPECT_THAT(notes, HasSubstr("datacenter a has no dataCapacity"));
  EXPECT_THAT(notes, HasSubstr("Cassandra 5.0.2 does not read the default heap"));
}

TEST(CassandraCluster, AdoptCompletesAFile) {
  CassandraCluster read = Read("  dataCapacity: 1Gi\n  nodesPerRacks: 3\n");
  const std::string revision = read.desired.datacenters(0).racks(0).template_().revision();
  const int locations = read.desired.locations_size();
  Adopt({"other", "live", "uid", 3, {}}, &read);
  EXPECT_EQ(read.desired.owner_id(), "");
  Adopt({"c", "live", "uid", 3, std::vector<std::string>{"c-dc1-rack1-2.c.live"}}, &read);
  EXPECT_EQ(read.desired.owner_id(), "uid");
  EXPECT_THAT(read.cluster.seeds, ElementsAre("c-dc1-rack1-2.c.live"));
  EXPECT_EQ(read.desired.seeds_size(), 1);
  EXPECT_EQ(read.desired.datacenters(0).racks(0).template_().revision(), revision);
  EXPECT_EQ(read.desired.locations_size(), locations);
}

TEST(CassandraCluster, KeyspacesAndTheirLogin) {
  const CassandraCluster read = Read("  cqlSecret: {name: s}\n  keyspaces: {app: {dc2: 2, dc1: 3}, a: {dc1: 0}}\n");
  EXPECT_EQ(read.cluster.cql_secret, "s");
  ASSERT_EQ(read.desired.keyspaces_size(), 2);
  EXPECT_EQ(read.desired.keyspaces(0).name(), "a");
  const v1::Keyspace& app = read.desired.keyspaces(1);
  EXPECT_EQ(app.name(), "app");
  EXPECT_EQ(app.strategy(), "NetworkTopologyStrategy");
  ASSERT_EQ(app.datacenters_size(), 2);
  EXPECT_EQ(app.datacenters(0).datacenter(), "dc1");
  EXPECT_EQ(app.datacenters(0).replication_factor(), 3);
  EXPECT_EQ(app.datacenters(1).replication_factor(), 2);
  // Neither reaches a Pod.
  EXPECT_EQ(read.desired.datacenters(0).racks(0).template_().revision(),
            Read("  nodesPerRacks: 1\n").desired.datacenters(0).racks(0).template_().revision());
}

TEST(CassandraCluster, KeyspacesThatCannotBeMeant) {
  const auto problems = [](const std::string& keyspaces) {
    return Joined(
        ReadCassandraCluster(kHead + std::string("  keyspaces: ") + keyspaces + "\n", "f", Format::kYaml).problems);
  };
  EXPECT_THAT(problems("[app]"), HasSubstr("f:5:14: spec.keyspaces: must be a map"));
  EXPECT_THAT(problems("{app: 3}"), HasSubstr("spec.keyspaces.app: must be a map"));
  EXPECT_THAT(problems("{app: }"), HasSubstr("spec.keyspaces.app: must be a map of datacenters"));
  EXPECT_THAT(problems("{app: {}}"), HasSubstr("spec.keyspaces.app: names no datacenter"));
  EXPECT_THAT(problems("{app: {dc1: }}"), HasSubstr("spec.keyspaces.app.dc1: must be a number of replicas"));
  EXPECT_THAT(problems("{app: {dc1: many}}"), HasSubstr("spec.keyspaces.app.dc1"));
  EXPECT_THAT(problems("{app: {dc1: -1}}"), HasSubstr("spec.keyspaces.app.dc1"));
  EXPECT_THAT(problems("{app: {dc1: 1001}}"), HasSubstr("spec.keyspaces.app.dc1"));
}

TEST(Names, SeedHostsAreReadBack) {
  const SlotId slot{"dc1", "rack1", 12};
  EXPECT_EQ(SeedHost("my-c", "ns", slot), "my-c-dc1-rack1-12.my-c.ns");
  EXPECT_EQ(ParseSeedHost("my-c", "my-c-dc1-rack1-12.my-c.ns"), slot);
  EXPECT_EQ(ParseSeedHost("my-c", "my-c-dc1-rack1-12.my-c.ns.svc.cluster.local"), slot);
  EXPECT_EQ(ParseSeedHost("my-c", "my-c-dc1-rack1-12"), slot);
  for (const char* host : {"", "10.0.0.1", "my-c-dc1-rack1", "my-c-dc1-rack1-01.my-c.ns", "my-c-dc1-rack1-x.my-c.ns",
                           "my-c-dc1-rack1-12.other.ns", "other-dc1-rack1-12.my-c.ns", "my-c-a-dc1-rack1-1.my-c.ns",
                           "my-c--rack1-1.my-c.ns", "my-c-dc1-rack1-9999999999.my-c.ns"}) {
    EXPECT_FALSE(ParseSeedHost("my-c", host).has_value()) << host;
  }
}

TEST(Names, ReleaseOfImage) {
  EXPECT_EQ(ReleaseOfImage("cassandra:4.1.10"), "4.1.10");
  EXPECT_EQ(ReleaseOfImage("r:5000/x/cassandra:5.0-jre17"), "5.0");
  EXPECT_EQ(ReleaseOfImage("cassandra:v4.0.1"), "4.0.1");
  EXPECT_EQ(ReleaseOfImage("cassandra:4.1@sha256:00"), "4.1");
  for (const char* image :
       {"", "cassandra", "r:5000/cassandra", "cassandra:latest", "cassandra:4.1rc", "cassandra@sha256:12"}) {
    EXPECT_EQ(ReleaseOfImage(image), "") << image;
  }
}

}  // namespace
}  // namespace cassplan::kubernetes

#include <algorithm>

#include "lib/planner/guards/guard.h"

namespace cassplan::planner {

bool Ask::Fresh(Resource r) const { return std::find(fresh.begin(), fresh.end(), r) != fresh.end(); }

namespace {

// Cheap and final ones first: a refusal that names no resource ends the asking.
constexpr Guard kGuards[] = {
    {"supported", CheckSupported, DescribeSupported},
    {"ownership", CheckOwnership, DescribeOwnership},
    {"identity", CheckIdentity, DescribeIdentity},
    {"paused", CheckPaused, DescribePaused},
    {"healthy", CheckHealthy, DescribeHealthy},
    {"node-up", CheckNodeUp, DescribeNodeUp},
    {"approval", CheckApproval, DescribeApproval},
    {"canary", CheckCanary, DescribeCanary},
    {"failure-stop", CheckFailureStop, DescribeFailureStop},
    {"replace-window", CheckReplaceWindow, DescribeReplaceWindow},
    {"fenced", CheckFenced, DescribeFenced},
    {"one-topology-change", CheckOneTopologyChange, DescribeOneTopologyChange},
    {"mixed-version", CheckMixedVersion, DescribeMixedVersion},
    {"schema-agreement", CheckSchemaAgreement, DescribeSchemaAgreement},
    {"replication-floor", CheckReplicationFloor, DescribeReplicationFloor},
    {"replication-change", CheckReplicationChange, DescribeReplicationChange},
    {"datacenter-empty", CheckDatacenterEmpty, DescribeDatacenterEmpty},
    {"fresh-volume", CheckFreshVolume, DescribeFreshVolume},
    {"volume-last", CheckVolumeLast, DescribeVolumeLast},
    {"volume-growth", CheckVolumeGrowth, DescribeVolumeGrowth},
    {"single-replica", CheckSingleReplica, DescribeSingleReplica},
    {"seeds", CheckSeeds, DescribeSeeds},
    {"cleanup-debt", CheckCleanupDebt, DescribeCleanupDebt},
    {"disk-forecast", CheckDiskForecast, DescribeDiskForecast},
    {"movement-sources", CheckMovementSources, DescribeMovementSources},
    {"range-movement", CheckRangeMovement, DescribeRangeMovement},
    {"one-rack", CheckOneRack, DescribeOneRack},
    {"quorum", CheckQuorum, DescribeQuorum},
};

}  // namespace

absl::Span<const Guard> Guards() { return kGuards; }

int GuardNumber(absl::string_view slug) {
  for (size_t i = 0; i < Guards().size(); ++i) {
    if (Guards()[i].slug == slug) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace cassplan::planner

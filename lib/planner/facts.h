// The worst state that the plan so far allows, per resource. A fact owned by a resource is read as: effects of its
// closed sections applied; all members of its open section in flight at once. Sections of other resources do not
// matter.
//
// Sections that hold one action alone are closed at once: nothing can ever join them, and everyone who reads their
// facts must claim the resource and so comes after.
#ifndef CASSPLAN_LIB_PLANNER_FACTS_H_
#define CASSPLAN_LIB_PLANNER_FACTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/placement/replicas.h"
#include "lib/planner/action.h"
#include "lib/planner/claims.h"
#include "lib/ring/disk_forecast.h"

namespace cassplan::planner {

class Facts {
 public:
  Facts(const Model& model, const Resources& resources);

  // ---- serving/<dc>. `fresh`: as if its open section had closed.
  // The member is not there to answer: down, at risk of going, or disrupted by the open section.
  bool Away(Id member, bool fresh) const;
  int32_t AwayInRack(Id rack, bool fresh) const;
  int32_t AwayInDc(Id dc, bool fresh) const;
  // Nodes that the open section disrupts, those included that were down before.
  int32_t DisruptedInRack(Id rack) const { return disrupted_rack_[Index(rack)]; }
  int32_t DisruptedInDc(Id dc) const { return disrupted_dc_[Index(dc)]; }
  int32_t OpenRepairs(Id dc) const { return open_repairs_[Index(dc)]; }
  int32_t OpenRebuildsFrom(Id dc) const { return open_rebuild_sources_[Index(dc)]; }
  int32_t LiveSeeds(Id dc, bool fresh) const;

  // ---- ring/<dc>
  bool InRing(Id member) const { return in_ring_[Index(member)] != 0; }
  int32_t NodesInDc(Id dc) const { return nodes_dc_[Index(dc)]; }
  int32_t NodesInRack(Id rack) const { return nodes_rack_[Index(rack)]; }
  int32_t RacksInDc(Id dc) const;
  // Nodes that joined in this plan: their tokens are not known.
  int32_t JoinedInDc(Id dc) const { return joined_dc_[Index(dc)]; }
  // Cleanup is owed, with all cleanups of the open section done.
  bool OwesCleanup(Id member) const { return owed_[Index(member)] != 0; }
  int32_t OwedInDc(Id dc) const { return owed_dc_[Index(dc)]; }
  // Replicas of a class in a datacenter (of the whole ring for SimpleStrategy); null where tokens are not known.
  const placement::ReplicaMap* Replicas(Id replication_class, Id dc) const;
  bool Active(Id replication_class) const { return active_[Index(replication_class)] != 0; }
  int32_t classes() const { return static_cast<int32_t>(active_.size()); }
  // The class has replicas in the datacenter, also after this plan's changes of replication.
  bool Replicates(Id replication_class, Id dc) const;
  // An ALTER of this plan changes replication there; raises it.
  bool AlteredIn(Id dc) const { return altered_[Index(dc)] != 0; }
  bool RaisedIn(Id dc) const { return altered_[Index(dc)] > 1; }
  int32_t ReplicationFactor(Id keyspace, Id dc) const { return rf_[Index(keyspace)][Index(dc)]; }
  // What each receiver gets when the member leaves; no value where the load is not known.
  std::vector<ring::Incoming> Incoming(Id leaver) const;
  // Bytes that this plan's movements have put on a member already.
  int64_t ExtraBytes(Id member) const { return extra_bytes_[Index(member)]; }
  // Size of the volume that this plan has grown before; 0: it has not. Read only by what has its ring alone.
  int64_t GrownTo(Id slot) const { return grown_[Index(slot)]; }

  // ---- schema
  // Do all members, and one that starts on `with`, run one release line in one mode? With `fresh` as if the open
  // section had closed. A mode that is not known is no other one; a member that is known to be down and whose release
  // nobody knows does not count: it streams nothing.
  enum class Releases : uint8_t { kOne, kDiffer, kUnsure };
  Releases ReleasesOf(bool fresh, Runs with) const;
  // Members that run another line than `line` and owe upgradesstables.
  int32_t OwedUpgrades(bool fresh, absl::string_view line) const;
  int32_t OpenReleaseChanges() const { return open_release_changes_; }
  int32_t OpenReleaseReaders() const { return open_release_readers_; }

  // Schema versions that live nodes were seen with; no action of a plan waits to change them.
  struct SchemaAgreement {
    Id unknown = kNone;             // a live node whose version is not known
    Id differs = kNone;             // a live node that differs from another one
    Id differs_in_release = kNone;  // one that differs from another one of its release line
  };
  const SchemaAgreement& schema_agreement() const { return schema_agreement_; }
  // A member of the ring that nobody can place in a rack; kNone where there is none.
  Id unplaced() const { return unplaced_; }

  // ---- disruption
  // Datacenters that the open section disrupts, without `except`.
  int32_t OtherDatacenters(Id except) const;

  // Puts an action that was granted (or is in flight already) into the open sections of its claims.
  void Place(const Action& action, const std::vector<Claim>& claims);
  // Closes the open section of a resource. True: a fact changed for good.
  bool Close(Resource resource);

  // Failed restarts so far: settled, or seen.
  int32_t failed_restarts() const { return failed_restarts_; }
  const Model& model() const { return model_; }
  const Resources& resources() const { return resources_; }

 private:
  static size_t Index(Id id) { return static_cast<size_t>(id); }
  struct Member {
    bool away = false;        // with closed sections applied
    bool away_after = false;  // with the open one applied as well
    bool disrupted = false;   // by the open section
  };
  void SetAway(Id member, bool away);
  void SetAwayAfter(Id member, bool away);
  void Disrupt(const Action& action);
  void EffectOnServing(const Action& action);
  void EffectOnRing(const Action& action);
  void EffectOnSchema(const Action& action);
  void ReadSchemaVersions();
  void CountFailedRestarts();
  std::optional<int64_t> LargestLoad(Id dc) const;
  void AddOwed(Id dc, Id except);
  void SetOwed(Id member, bool owed);
  void RemoveFromRing(const Action& action);
  void ChangeReplication(const Action& action);
  std::unique_ptr<placement::ReplicaMap> MakeReplicas(Id replication_class, Id dc) const;
  bool CloseServing(Resource resource);

  const Model& model_;
  const Resources& resources_;
  std::vector<Member> members_;
  std::vector<uint8_t> is_seed_;
  std::vector<int32_t> away_rack_, away_after_rack_, new_rack_;  // new_: disrupted by the open section, not away before
  std::vector<int32_t> away_dc_, away_after_dc_, new_dc_;
  std::vector<int32_t> disrupted_rack_, disrupted_dc_;
  std::vector<int32_t> open_repairs_, open_rebuild_sources_;
  std::vector<std::vector<Id>> open_members_;  // by serving resource (index dc): members that its open section disrupts

  std::vector<uint8_t> in_ring_, owed_, active_, altered_;
  std::vector<int32_t> nodes_dc_, nodes_rack_, joined_dc_, owed_dc_;
  std::vector<std::vector<int32_t>> rf_;
  std::vector<int64_t> extra_bytes_;
  mutable std::vector<std::unique_ptr<placement::ReplicaMap>> replicas_;
  mutable std::vector<uint8_t> replicas_tried_;

  Id LineIndex(Runs runs);

  std::vector<int64_t> grown_;  // by slot
  std::vector<Runs> lines_;
  std::vector<int32_t> line_count_, line_count_after_;
  std::vector<int32_t> owed_upgrades_, owed_upgrades_after_;  // by line
  std::vector<Id> owes_upgrade_;                              // by member: the line, or kNone
  std::vector<Id> line_after_;                                // by member
  int32_t open_release_changes_ = 0, open_release_readers_ = 0;
  std::vector<int32_t> open_disrupted_dc_;  // disruption
  std::vector<uint8_t> net_change_;         // by resource
  SchemaAgreement schema_agreement_;
  Id unplaced_ = kNone;
  int32_t failed_restarts_ = 0;
};

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_FACTS_H_

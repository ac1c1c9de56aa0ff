// The laws that every guard keeps, so that sections may be filled in any order and plans hold for any durations. On
// random small clusters, for random sets of mates that the claims let share their sections:
//
//   law 2  what a guard allows with a set of mates in flight it allows with any subset
//   law 3  a mate that is done is never worse than one in flight
//   law 5  mirror: if B may start beside A, and A might start alone, A may start beside B. Not so for the restart of a
//          node that is down: it always may start, and those after it count it.
//
// Law 1 (a guard reads only facts that belong to what the action claims, or that no action of a plan changes) and law 4
// (an allowance that needs an effect needs it from a closed section) are by review of this list:
//
//   guard                reads                                                        owner, claimed by those it judges
//   supported            policy, capabilities, observation                            nobody's: no action changes them
//   ownership            observation                                                  nobody's
//   identity             observation, requests                                        nobody's
//   paused, approval,    policy, desired                                              nobody's
//     canary
//   failure-stop         failed starts of the ledger                                  nobody's
//   replace-window       members down and since when, requests, policy                nobody's
//   fenced               slots and volumes as observed, set aside by a predecessor    node/slot
//   one-topology-change  movements that the ledger does not know                      nobody's: no action ends them
//   mixed-version        release lines, open changes and readers of releases          schema
//   schema-agreement     schema versions as observed                                  nobody's: no action is planned to
//                                                                                     mend them
//   replication-floor    nodes, racks, replication factors                            ring/dc
//   datacenter-empty     nodes, replication factors; SimpleStrategy: nodes elsewhere  ring/dc; ring/* are one then
//   fresh-volume         the volume as observed, emptied by a predecessor             node/slot
//   volume-last          observation, left by a predecessor                           node/slot
//   single-replica       replication factor; elsewhere as observed                    ring/dc
//   seeds                seeds that are away; replication factors                     serving/dc, ring/dc
//   cleanup-debt         cleanups owed; whether its own node is away                  ring/dc; node/slot orders its
//                                                                                     restart
//   disk-forecast        ranges, bytes that the plan brings                           ring/dc
//   movement-sources     nodes away, ranges                                           serving/dc, ring/dc; of the
//                                                                                     source of a rebuild, too
//   range-movement       disrupted nodes, open rebuilds and repairs                   serving/dc (of the source, ...)
//   one-rack             disrupted nodes; racks; disrupted datacenters                serving/dc, ring/dc, disruption
//   quorum               nodes away, ranges, nodes that joined                        serving/dc, ring/dc
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/facts.h"
#include "lib/planner/guards/guard.h"
#include "lib/planner/normalize.h"
#include "lib/planner/settle.h"
#include "tests/property/support.h"
#include "tests/testing/cluster.h"

namespace cassplan::property {
namespace {

using planner::Action;
using planner::Claim;
using planner::Facts;
using planner::Id;
using planner::Kind;
using planner::kNone;
using planner::Model;
using planner::Resources;

// ---- a random cluster

Shape RandomShape(Random* random) {
  Shape shape;
  const int dcs = 1 + random->Below(2);
  for (int d = 1; d <= dcs; ++d) {
    const int racks = 1 + random->Below(3);
    for (int r = 1; r <= racks; ++r) {
      shape[absl::StrCat("dc", d)][absl::StrCat("r", r)] = 1 + random->Below(dcs == 1 ? 3 : 2);
    }
  }
  return shape;
}

void RandomKeyspaces(Random* random, Cluster* c) {
  c->keyspaces.resize(1 + static_cast<size_t>(random->Below(2)));
  for (size_t k = 0; k < c->keyspaces.size(); ++k) {
    c->keyspaces[k].name = absl::StrCat("ks", k);
    for (const auto& [dc, racks] : c->desired) c->keyspaces[k].datacenters[dc] = random->Below(4);
    if (random->OneIn(8)) c->keyspaces[k].simple = 1 + random->Below(3);
  }
}

void RandomPolicy(Random* random, v1::Policy* policy) {
  if (random->OneIn(5)) policy->add_levels(v1::CONSISTENCY_LEVEL_QUORUM);
  if (random->OneIn(5)) policy->add_levels(v1::CONSISTENCY_LEVEL_LOCAL_ONE);
  if (random->OneIn(2)) policy->set_rack_width(1 + random->Below(3));
  if (random->OneIn(3)) policy->set_degraded_width(1 + random->Below(2));
  if (random->OneIn(2)) policy->set_max_datacenters(2);
  if (random->OneIn(8)) policy->set_intolerant(v1::INTOLERANT_POLICY_HOLD);
  policy->set_max_failed_restarts(1 + random->Below(3));
}

void RandomNodes(Random* random, Cluster* c) {
  const int broken = 4 + random->Below(12);
  for (auto& [slot, node] : c->nodes()) {
    node.up = !random->OneIn(broken);
    node.failed = !node.up && random->OneIn(3);
    node.owes_cleanup = random->OneIn(5);
    if (random->OneIn(3)) node.revision = "B";
    if (node.revision == "B") node.release = c->release;
    node.load = int64_t{random->Below(40)} << 30;
    if (random->OneIn(3)) c->seeds.push_back(slot);
  }
  if (!random->OneIn(8)) return;
  auto mover = c->nodes().begin();
  std::advance(mover, random->Below(static_cast<int>(c->nodes().size())));
  mover->second.movement = random->OneIn(2) ? v1::PEER_MOVEMENT_LEAVING : v1::PEER_MOVEMENT_MOVING;
}

Cluster RandomCluster(Random* random) {
  Cluster c(RandomShape(random), random->Next(), 1 + random->Below(3));
  c.revision = "B";
  if (random->OneIn(3)) c.release = "5.0.2";
  RandomKeyspaces(random, &c);
  RandomPolicy(random, &c.policy);
  RandomNodes(random, &c);
  for (auto& [dc, racks] : c.desired) {
    for (auto& [rack, nodes] : racks) nodes += random->Below(2);
  }
  return c;
}

// ---- everything that might be done to it

class World {
 public:
  explicit World(uint64_t seed) : random_(seed), request_(RandomCluster(&random_).Build()) {
    planner::Normalize(request_, &model_);
    EXPECT_FALSE(model_.invalid);
    v1::Ledger ledger;
    planner::Admit(&model_);
    planner::Settle(&model_, &ledger);
    resources_ = std::make_unique<Resources>(model_);
    for (Id s = 0; s < static_cast<Id>(model_.slots.size()); ++s) AddOfSlot(s);
    for (Id k = 0; k < static_cast<Id>(model_.keyspaces.size()); ++k) AddOfKeyspace(k);
    for (Id r = 0; r < static_cast<Id>(model_.racks.size()); ++r) Add(Kind::kUpdateRack, r, kNone);
    claims_.resize(actions_.size());
    for (size_t i = 0; i < actions_.size(); ++i) {
      planner::ClaimsOf(model_, *resources_, actions_[i], &claims_[i]);
    }
  }

  const Model& model() const { return model_; }
  const Resources& resources() const { return *resources_; }
  const Action& action(size_t i) const { return actions_[i]; }
  const std::vector<Claim>& claims(size_t i) const { return claims_[i]; }
  Random* random() { return &random_; }
  size_t AnyAction() { return static_cast<size_t>(random_.Below(static_cast<int>(actions_.size()))); }

  bool MayShare(size_t a, size_t b) const {
    for (const Claim& x : claims_[a]) {
      for (const Claim& y : claims_[b]) {
        if (x.resource == y.resource && (x.alone || y.alone)) return false;
      }
    }
    return true;
  }

  std::string Name(size_t i) const {
    const Action& a = actions_[i];
    std::string name(planner::KindName(a.kind));
    if (a.dc != kNone && a.slot == kNone) absl::StrAppend(&name, " ", model_.dc(a.dc).name);
    if (a.slot != kNone) absl::StrAppend(&name, " ", model_.SlotName(a.slot));
    if (a.keyspace != kNone) absl::StrAppend(&name, " ", model_.keyspace(a.keyspace).name);
    return absl::StrCat(name, a.was_down ? " (was down)" : "");
  }

 private:
  Action& Add(Kind kind, Id rack, Id slot) {
    Action a;
    a.kind = kind;
    a.slot = slot;
    a.rack = rack;
    a.dc = rack == kNone ? kNone : model_.rack(rack).dc;
    a.member = slot == kNone ? kNone : model_.slot(slot).member;
    a.drift = "stale-node";
    actions_.push_back(a);
    return actions_.back();
  }

  void AddOfSlot(Id s) {
    const planner::Slot& slot = model_.slot(s);
    if (slot.member == kNone) {
      Add(Kind::kStartNode, slot.rack, s).joins = true;
      Add(Kind::kShrinkRack, slot.rack, s);
      Add(Kind::kDeleteVolume, slot.rack, s);
      return;
    }
    const planner::Member& member = model_.member(slot.member);
    for (const Kind kind : {Kind::kDrain, Kind::kRestartNode}) {
      if (kind == Kind::kDrain && member.down) continue;
      Action& restart = Add(kind, slot.rack, s);
      restart.was_down = member.down;
      restart.release_changes =
          planner::ReleaseLine(member.release) != planner::ReleaseLine(model_.rack(slot.rack).desired_release);
    }
    Add(Kind::kCleanup, slot.rack, s);
    Add(Kind::kDecommission, slot.rack, s);
    planner::Request asked;
    asked.uid = "asked";
    asked.kind = Kind::kReplaceNode;
    asked.slot = s;
    asked.member = slot.member;
    asked.host_id = member.host_id;
    model_.requests.push_back(asked);
    Add(Kind::kReplaceNode, slot.rack, s).request = static_cast<Id>(model_.requests.size()) - 1;
    Add(Kind::kRemoveNode, slot.rack, s);
    Add(Kind::kAssassinate, slot.rack, s);
    for (Id k = 0; k < static_cast<Id>(model_.keyspaces.size()); ++k) AddOfNode(s, k);
  }

  void AddOfNode(Id s, Id k) {
    Add(Kind::kRepair, model_.slot(s).rack, s).keyspace = k;
    for (Id d = 0; d < static_cast<Id>(model_.dcs.size()); ++d) {
      if (d == model_.DcOfSlot(s)) continue;
      Action& rebuild = Add(Kind::kRebuild, model_.slot(s).rack, s);
      rebuild.keyspace = k;
      rebuild.source_dc = d;
    }
  }

  void AddOfKeyspace(Id k) {
    for (Id d = 0; d < static_cast<Id>(model_.dcs.size()); ++d) {
      const int32_t rf = model_.keyspace(k).rf[static_cast<size_t>(d)];
      Action& alter = Add(Kind::kAlterKeyspace, kNone, kNone);
      alter.dc = d;
      alter.keyspace = k;
      alter.replication_factor = random_.OneIn(2) ? rf + 1 : std::max(0, rf - 1);
    }
  }

  Random random_;
  v1::PlanRequest request_;
  Model model_;
  std::unique_ptr<Resources> resources_;
  std::vector<Action> actions_;
  std::vector<std::vector<Claim>> claims_;
};

// ---- what the guards say

using Mates = std::vector<size_t>;

class Judge {
 public:
  explicit Judge(const World& world) : world_(world), facts_(world.model(), world.resources()) {}

  Judge& InFlight(const Mates& mates, size_t but = SIZE_MAX) {
    for (const size_t m : mates) {
      if (m != but) facts_.Place(world_.action(m), world_.claims(m));
    }
    return *this;
  }

  Judge& Done(size_t mate) {
    facts_.Place(world_.action(mate), world_.claims(mate));
    for (const Claim& c : world_.claims(mate)) facts_.Close(c.resource);
    return *this;
  }

  // The guards that refuse, as bits.
  uint64_t Refusing(size_t candidate) const {
    const std::vector<planner::Resource> fresh;
    const planner::Ask ask{facts_, world_.model(), world_.resources(), world_.action(candidate), fresh};
    uint64_t refusing = 0;
    const auto guards = planner::Guards();
    for (size_t g = 0; g < guards.size(); ++g) {
      std::vector<planner::Refusal> refusals;
      planner::Refusals out(&refusals);
      guards[g].check(ask, &out);
      if (!refusals.empty()) refusing |= uint64_t{1} << g;
    }
    return refusing;
  }

 private:
  const World& world_;
  Facts facts_;
};

std::string GuardNames(uint64_t bits) {
  std::string names;
  for (size_t g = 0; g < planner::Guards().size(); ++g) {
    if ((bits >> g & 1) != 0) absl::StrAppend(&names, " ", planner::Guards()[g].slug);
  }
  return names;
}

// Random mates, each allowed beside those before it, and a candidate that may share their sections.
struct Pair {
  Mates mates;
  size_t candidate = 0;
};

bool SharesWithAll(const World& world, const Mates& mates, size_t one) {
  return std::all_of(mates.begin(), mates.end(), [&](size_t m) { return m != one && world.MayShare(m, one); });
}

Pair RandomPair(World* world) {
  Pair pair;
  const int wanted = 1 + world->random()->Below(4);
  for (int i = 0; i < wanted * 6 && static_cast<int>(pair.mates.size()) < wanted; ++i) {
    const size_t mate = world->AnyAction();
    if (!SharesWithAll(*world, pair.mates, mate)) continue;
    if (Judge(*world).InFlight(pair.mates).Refusing(mate) == 0) pair.mates.push_back(mate);
  }
  do {
    pair.candidate = world->AnyAction();
  } while (!SharesWithAll(*world, pair.mates, pair.candidate) && !world->random()->OneIn(50));
  return pair;
}

std::string Text(const World& world, const Pair& pair) {
  std::string text = absl::StrCat(world.Name(pair.candidate), " beside");
  for (const size_t m : pair.mates) absl::StrAppend(&text, " [", world.Name(m), "]");
  return text;
}

constexpr int kWorlds = 1500;
constexpr int kPairsPerWorld = 60;

// Runs `check` on many pairs; returns how many of them had a candidate that is allowed.
template <typename Check>
void ForPairs(Check check) {
  int pairs = 0;
  int allowed = 0;
  for (uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    for (int i = 0; i < kPairsPerWorld; ++i) {
      const Pair pair = RandomPair(&world);
      if (!SharesWithAll(world, pair.mates, pair.candidate)) continue;
      SCOPED_TRACE(absl::StrCat("seed ", seed, ": ", Text(world, pair)));
      const uint64_t beside = Judge(world).InFlight(pair.mates).Refusing(pair.candidate);
      check(world, pair, beside);
      if (::testing::Test::HasFailure()) return;
      ++pairs;
      allowed += beside == 0 ? 1 : 0;
    }
  }
  EXPECT_GE(pairs, 20000);
  EXPECT_GE(allowed, 2000);
  ::testing::Test::RecordProperty("pairs", pairs);
  ::testing::Test::RecordProperty("allowed", allowed);
}

// Else the laws would say nothing about them: these guards do refuse because of mates.
TEST(Laws, MatesMatter) {
  uint64_t because_of_mates = 0;
  ForPairs([&](const World& world, const Pair& pair, uint64_t beside) {
    because_of_mates |= beside & ~Judge(world).Refusing(pair.candidate);
  });
  EXPECT_EQ(GuardNames(because_of_mates), " mixed-version seeds movement-sources range-movement one-rack quorum");
}

TEST(Laws, SubsetsAreAllowed) {
  ForPairs([](const World& world, const Pair& pair, uint64_t beside) {
    for (const size_t m : pair.mates) {
      const uint64_t less = Judge(world).InFlight(pair.mates, m).Refusing(pair.candidate);
      EXPECT_EQ(GuardNames(less & ~beside), "") << "refused only without " << world.Name(m);
    }
  });
}

TEST(Laws, DoneIsNeverWorse) {
  ForPairs([](const World& world, const Pair& pair, uint64_t beside) {
    for (const size_t m : pair.mates) {
      const uint64_t after = Judge(world).Done(m).InFlight(pair.mates, m).Refusing(pair.candidate);
      EXPECT_EQ(GuardNames(after & ~beside), "") << "refused only after " << world.Name(m);
    }
  });
}

TEST(Laws, Mirror) {
  ForPairs([](const World& world, const Pair& pair, uint64_t beside) {
    if (beside != 0) return;
    const Action& candidate = world.action(pair.candidate);
    if (planner::IsDisruption(candidate.kind) && candidate.was_down) return;
    for (const size_t m : pair.mates) {
      Mates others = {pair.candidate};
      for (const size_t o : pair.mates) {
        if (o != m) others.push_back(o);
      }
      const uint64_t before = Judge(world).InFlight(pair.mates, m).Refusing(m);
      const uint64_t mirrored = Judge(world).InFlight(others).Refusing(m);
      EXPECT_EQ(GuardNames(before == 0 ? mirrored : 0), "") << "refuse " << world.Name(m);
    }
  });
}

}  // namespace
}  // namespace cassplan::property

#include "lib/kubernetes/listing.h"

#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/kubernetes/quantity.h"

namespace cassplan::kubernetes {
namespace {

constexpr int kMaxListDepth = 8;

struct Flat {
  std::vector<Item> items;
  bool list = false;       // the document is a List
  bool truncated = false;  // it, or a List in it, says that more would follow
};

bool IsList(const model::Value& value) {
  const model::Value* kind = value.Find("kind");
  return kind != nullptr && absl::EndsWith(kind->text, "List") && value.Find("items") != nullptr;
}

void Flatten(const Item& item, const std::string& path, int depth, const ObserveOptions& options,
             std::vector<Problem>* problems, Flat* flat) {
  if (!IsList(item.value()) || depth > kMaxListDepth) {
    flat->items.push_back(item);
    return;
  }
  if (!item.Text({"metadata", "continue"}).empty()) flat->truncated = true;
  const model::Value* list = item.At({"items"});
  if (list == nullptr || list->IsNull()) return;
  if (!list->IsList()) {
    problems->push_back(item.ProblemAt("items must be a list"));
    flat->truncated = true;
    return;
  }
  for (size_t i = 0; i < list->items.size(); ++i) {
    const std::string item_path = absl::StrCat(path.empty() ? "" : absl::StrCat(path, "."), "items[", i, "]");
    Flatten(Item(&list->items[i], item_path, &options.file, problems), item_path, depth + 1, options, problems, flat);
  }
}

std::string NamespaceOf(const Item& item) { return item.Text({"metadata", "namespace"}); }

// Objects of one kind, as they come, before it is known which cluster is meant.
struct Kinds {
  std::vector<Item> clusters;
  Listing listing;
};

void Incomplete(Listing* listing) { listing->complete = v1::InventoryFacts(); }

void AddNamed(Kinds* kinds, const std::string& kind, const Item& item) {
  Listing& listing = kinds->listing;
  if (kind == kKind) kinds->clusters.push_back(item);
  if (kind == "StatefulSet") listing.stateful_sets.push_back(item);
  if (kind == "Pod") listing.pods.push_back(item);
  if (kind == "PersistentVolumeClaim") listing.claims.push_back(item);
  if (kind == "Service") listing.services.push_back(item);
  if (kind == "PodDisruptionBudget") listing.budgets.push_back(item);
  if (kind == "ResourceQuota") listing.quotas.push_back(item);
  if (kind == "Node") listing.nodes.emplace(item.name(), item);
  if (kind == "StorageClass") listing.storage_classes.emplace(item.name(), item);
  if (kind == "ControllerRevision") listing.controller_revisions.emplace(item.name(), item);
}

// An object without a name could be any of its kind.
void NamelessIsIncomplete(const std::string& kind, v1::InventoryFacts* complete) {
  if (kind == "StatefulSet") complete->set_racks_complete(false);
  if (kind == "Pod") complete->set_slots_complete(false);
  if (kind == "PersistentVolumeClaim") complete->set_volumes_complete(false);
  if (kind == "Service" || kind == "PodDisruptionBudget") complete->set_objects_complete(false);
}

bool IsKnownKind(const std::string& kind) {
  static const auto* const kKinds = new std::set<std::string>{kKind,
                                                              "StatefulSet",
                                                              "Pod",
                                                              "PersistentVolumeClaim",
                                                              "Service",
                                                              "PodDisruptionBudget",
                                                              "Node",
                                                              "StorageClass",
                                                              "ControllerRevision",
                                                              "ResourceQuota"};
  return kKinds->contains(kind);
}

Kinds Sort(const Flat& flat, std::vector<Problem>* problems) {
  Kinds kinds;
  v1::InventoryFacts& complete = kinds.listing.complete;
  complete.set_objects_complete(true);
  complete.set_racks_complete(true);
  complete.set_slots_complete(true);
  complete.set_volumes_complete(true);
  for (const Item& item : flat.items) {
    const std::string kind = item.value().IsMap() ? item.Text({"kind"}) : "";
    if (kind.empty()) {
      problems->push_back(item.ProblemAt(item.value().IsMap() ? "has no kind" : "is not an object"));
      Incomplete(&kinds.listing);
    } else if (IsKnownKind(kind) && item.name().empty()) {
      problems->push_back(item.ProblemAt(absl::StrCat("a ", kind, " without metadata.name")));
      NamelessIsIncomplete(kind, &complete);
    } else {
      AddNamed(&kinds, kind, item);
    }
  }
  return kinds;
}

// Which CassandraCluster is meant; false: it is not clear, or none.
bool ChooseCluster(const ObserveOptions& options, const Item& document, Kinds* kinds, std::vector<Problem>* problems) {
  std::vector<Item> candidates;
  std::vector<std::string> names;
  for (const Item& item : kinds->clusters) {
    if (!options.cluster.empty() && item.name() != options.cluster) continue;
    if (!options.name_space.empty() && NamespaceOf(item) != options.name_space) continue;
    candidates.push_back(item);
    names.push_back(absl::StrCat(NamespaceOf(item), "/", item.name()));
  }
  if (candidates.size() > 1) {
    problems->push_back(document.ProblemAt(
        absl::StrCat("several CassandraClusters are listed (", absl::StrJoin(names, ", "), "); name one")));
    return false;
  }
  kinds->listing.cluster = options.cluster;
  if (!candidates.empty()) {
    kinds->listing.cluster = candidates[0].name();
    kinds->listing.cassandra_cluster = candidates[0];
  }
  if (!kinds->listing.cluster.empty()) return true;
  problems->push_back(document.ProblemAt("no CassandraCluster is listed; name the cluster"));
  return false;
}

// Leaves out the objects of other namespaces; false: objects of the cluster are in several, and none is named.
bool KeepNamespace(const ObserveOptions& options, const Item& document, Listing* listing,
                   std::vector<Problem>* problems) {
  std::string name_space = options.name_space;
  if (name_space.empty() && listing->cassandra_cluster.has_value())
    name_space = NamespaceOf(*listing->cassandra_cluster);
  std::set<std::string> seen;
  for (const Item& item : listing->stateful_sets) {
    if (item.Label(kClusterLabel) == listing->cluster) seen.insert(NamespaceOf(item));
  }
  if (name_space.empty() && seen.size() > 1) {
    problems->push_back(document.ProblemAt(absl::StrCat("clusters called ", listing->cluster, " are in the namespaces ",
                                                        absl::StrJoin(seen, ", "), "; name one")));
    return false;
  }
  if (name_space.empty() && !seen.empty()) name_space = *seen.begin();
  if (name_space.empty()) return true;
  for (std::vector<Item>* items : {&listing->stateful_sets, &listing->pods, &listing->claims, &listing->services,
                                   &listing->budgets, &listing->quotas}) {
    std::vector<Item> kept;
    for (const Item& item : *items) {
      const std::string own = NamespaceOf(item);
      if (own.empty() || own == name_space) kept.push_back(item);
    }
    *items = std::move(kept);
  }
  return true;
}

bool HasStatefulSet(const Listing& listing) {
  for (const Item& item : listing.stateful_sets) {
    if (item.Label(kClusterLabel) == listing.cluster) return true;
  }
  return false;
}

}  // namespace

std::string Item::PathOf(Path path) const {
  std::string text = path_;
  for (const absl::string_view key : path) absl::StrAppend(&text, text.empty() ? "" : ".", key);
  return text;
}

Problem Item::ProblemAt(const std::string& message) const {
  Problem problem;
  problem.location.set_file(*file_);
  problem.location.set_line(value_->line);
  problem.location.set_column(value_->column);
  problem.location.set_path(path_);
  problem.message = message;
  return problem;
}

void Item::WrongType(const model::Value& value, Path path, const std::string& wanted) const {
  Problem problem = ProblemAt(absl::StrCat("must be ", wanted, ", not ", model::KindName(value.kind)));
  problem.location.set_line(value.line);
  problem.location.set_column(value.column);
  problem.location.set_path(PathOf(path));
  problems_->push_back(std::move(problem));
}

const model::Value* Item::At(Path path) const {
  const model::Value* at = value_;
  for (const absl::string_view key : path) {
    if (!at->IsMap() && !at->IsNull()) {
      WrongType(*at, path, "inside a map");
      return nullptr;
    }
    at = at->Find(key);
    if (at == nullptr || at->IsNull()) return nullptr;
  }
  return at;
}

std::string Item::Text(Path path) const {
  const model::Value* value = At(path);
  if (value == nullptr) return "";
  if (value->kind == model::Kind::kString) return value->text;
  WrongType(*value, path, "a string");
  return "";
}

std::optional<int64_t> Item::Integer(Path path) const {
  const model::Value* value = At(path);
  if (value == nullptr) return std::nullopt;
  if (value->kind == model::Kind::kInt) return value->int_value;
  WrongType(*value, path, "an integer");
  return std::nullopt;
}

std::optional<bool> Item::Bool(Path path) const {
  const model::Value* value = At(path);
  if (value == nullptr) return std::nullopt;
  if (value->kind == model::Kind::kBool) return value->bool_value;
  WrongType(*value, path, "true or false");
  return std::nullopt;
}

std::optional<int64_t> Item::Quantity(Path path) const {
  const model::Value* value = At(path);
  if (value == nullptr) return std::nullopt;
  if (value->IsScalar()) {
    if (const absl::StatusOr<kubernetes::Quantity> quantity = ParseQuantity(value->text); quantity.ok()) {
      return WholeUnits(*quantity);
    }
  }
  WrongType(*value, path, "a quantity");
  return std::nullopt;
}

std::vector<Item> Item::List(Path path) const {
  std::vector<Item> items;
  const model::Value* value = At(path);
  if (value == nullptr) return items;
  if (!value->IsList()) {
    WrongType(*value, path, "a list");
    return items;
  }
  for (size_t i = 0; i < value->items.size(); ++i) {
    items.emplace_back(&value->items[i], absl::StrCat(PathOf(path), "[", i, "]"), file_, problems_);
  }
  return items;
}

std::string Item::Label(absl::string_view key) const { return Text({"metadata", "labels", key}); }

std::string Item::Controller() const {
  for (const Item& owner : List({"metadata", "ownerReferences"})) {
    if (owner.Bool({"controller"}).value_or(false)) return owner.Text({"uid"});
  }
  return "";
}

std::optional<Listing> ReadListing(const model::Value& document, const ObserveOptions& options,
                                   std::vector<Problem>* problems) {
  const Item root(&document, "", &options.file, problems);
  Flat flat;
  flat.list = IsList(document);
  Flatten(root, "", 0, options, problems, &flat);
  Kinds kinds = Sort(flat, problems);
  if (!ChooseCluster(options, root, &kinds, problems)) return std::nullopt;
  Listing& listing = kinds.listing;
  if (!KeepNamespace(options, root, &listing, problems)) return std::nullopt;
  const bool whole = flat.list && !flat.truncated && (listing.cassandra_cluster.has_value() || HasStatefulSet(listing));
  if (!options.complete.value_or(whole)) Incomplete(&listing);
  return std::move(kinds.listing);
}

}  // namespace cassplan::kubernetes

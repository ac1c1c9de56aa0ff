// The objects of a `kubectl get -o json` document that belong to one cluster, sorted by kind.
#ifndef CASSPLAN_LIB_KUBERNETES_LISTING_H_
#define CASSPLAN_LIB_KUBERNETES_LISTING_H_

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/kubernetes/observe.h"

namespace cassplan::kubernetes {

// One object of the document and where it stands. Members that are missing read as unset; members of a wrong type are
// problems and read as unset.
class Item {
 public:
  Item(const model::Value* value, std::string path, const std::string* file, std::vector<Problem>* problems)
      : value_(value), path_(std::move(path)), file_(file), problems_(problems) {}

  using Path = std::initializer_list<absl::string_view>;

  const model::Value& value() const { return *value_; }
  const model::Value* At(Path path) const;
  std::string Text(Path path) const;
  std::optional<int64_t> Integer(Path path) const;
  std::optional<bool> Bool(Path path) const;
  // A quantity in whole units.
  std::optional<int64_t> Quantity(Path path) const;
  // The items of a list, or nothing.
  std::vector<Item> List(Path path) const;
  std::string name() const { return Text({"metadata", "name"}); }
  std::string uid() const { return Text({"metadata", "uid"}); }
  std::string Label(absl::string_view key) const;
  // The uid of the ownerReference that is the controller, or empty.
  std::string Controller() const;

  Problem ProblemAt(const std::string& message) const;

 private:
  std::string PathOf(Path path) const;
  void WrongType(const model::Value& value, Path path, const std::string& wanted) const;

  const model::Value* value_;
  std::string path_;
  const std::string* file_;
  std::vector<Problem>* problems_;
};

struct Listing {
  std::string cluster;
  std::optional<Item> cassandra_cluster;
  std::vector<Item> stateful_sets;
  std::vector<Item> pods;
  std::vector<Item> claims;
  std::vector<Item> services;
  std::vector<Item> budgets;
  std::vector<Item> quotas;
  std::map<std::string, Item> nodes;
  std::map<std::string, Item> storage_classes;
  std::map<std::string, Item> controller_revisions;
  v1::InventoryFacts complete;
};

// nullopt: it is not clear which cluster is meant (a problem). `problems` and `options` must outlive the listing.
std::optional<Listing> ReadListing(const model::Value& document, const ObserveOptions& options,
                                   std::vector<Problem>* problems);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_LISTING_H_

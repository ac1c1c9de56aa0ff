#include "lib/report/locate.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

// Paths of the datacenter and the rack in both forms of the spec.
struct Prefixes {
  std::string dc, native_dc, rack, native_rack;
};

Prefixes PrefixesOf(const v1::Desired& desired, const v1::Target& target) {
  Prefixes p;
  for (int d = 0; d < desired.datacenters_size(); ++d) {
    if (desired.datacenters(d).name() != target.datacenter()) continue;
    p.dc = absl::StrCat("spec.topology.dc[", d, "]");
    p.native_dc = absl::StrCat("datacenters[", d, "]");
    for (int r = 0; r < desired.datacenters(d).racks_size(); ++r) {
      if (desired.datacenters(d).racks(r).name() != target.rack()) continue;
      p.rack = absl::StrCat(p.dc, ".rack[", r, "]");
      p.native_rack = absl::StrCat(p.native_dc, ".racks[", r, "]");
    }
  }
  return p;
}

bool Is(absl::string_view path, const std::string& prefix, absl::string_view name) {
  return !prefix.empty() && path == absl::StrCat(prefix, ".", name);
}

// The smaller the nearer; negative: does not fit.
int Distance(absl::string_view path, absl::string_view name, const Prefixes& p) {
  if (path == name) return 0;
  // The planner's word is CassKop's; the native schema calls it `nodes`.
  const absl::string_view native = name == "nodesPerRacks" ? "nodes" : name;
  if (Is(path, p.rack, name) || Is(path, p.native_rack, native)) return 1;
  if (Is(path, p.dc, name) || Is(path, p.native_dc, native)) return 2;
  if (path == absl::StrCat("spec.", name)) return 3;
  return -1;
}

v1::Location Nearest(const v1::Desired& desired, absl::string_view name, const Prefixes& prefixes) {
  const v1::Location* best = nullptr;
  int best_distance = 0;
  for (const v1::Location& l : desired.locations()) {
    const int distance = Distance(l.path(), name, prefixes);
    if (distance < 0 || (best != nullptr && distance >= best_distance)) continue;
    best = &l;
    best_distance = distance;
  }
  return best == nullptr ? v1::Location() : *best;
}

v1::Location AtPath(const v1::Desired& desired, const std::string& path) {
  for (const v1::Location& l : desired.locations()) {
    if (!path.empty() && l.path() == path) return l;
  }
  return v1::Location();
}

}  // namespace

v1::Location Locate(const v1::Desired& desired, absl::string_view path, const v1::Target& target) {
  return Nearest(desired, path, PrefixesOf(desired, target));
}

v1::Location Locate(const v1::Desired& desired, const v1::Reason& reason, const v1::Target& target) {
  const Prefixes prefixes = PrefixesOf(desired, target);
  for (const std::string& path : reason.paths()) {
    v1::Location found = Nearest(desired, path, prefixes);
    if (!found.path().empty()) return found;
  }
  for (const std::string& path : {prefixes.rack, prefixes.native_rack, prefixes.dc, prefixes.native_dc,
                                  std::string("spec.topology"), std::string("datacenters")}) {
    v1::Location found = AtPath(desired, path);
    if (!found.path().empty()) return found;
  }
  return v1::Location();
}

std::string PlaceAndPath(const v1::Location& location) {
  if (location.file().empty()) return location.path();
  return absl::StrCat(Place(location), location.path().empty() ? "" : absl::StrCat(" (", location.path(), ")"));
}

}  // namespace cassplan::report

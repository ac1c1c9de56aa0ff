#include "lib/cassandra/gossip.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/cassandra/text.h"

namespace cassplan::cassandra {
namespace {

GossipStatus StatusOf(absl::string_view value) {
  const absl::string_view word = value.substr(0, value.find(','));
  static constexpr std::pair<const char*, GossipStatus> kWords[] = {
      {"NORMAL", GossipStatus::kNormal},       {"shutdown", GossipStatus::kShutdown}, {"BOOT", GossipStatus::kBoot},
      {"BOOT_REPLACE", GossipStatus::kBoot},   {"LEAVING", GossipStatus::kLeaving},   {"MOVING", GossipStatus::kMoving},
      {"removing", GossipStatus::kRemoving},   {"removed", GossipStatus::kLeft},      {"LEFT", GossipStatus::kLeft},
      {"hibernate", GossipStatus::kHibernate},
  };
  for (const auto& [text, status] : kWords) {
    if (absl::EqualsIgnoreCase(word, text)) return status;
  }
  return GossipStatus::kUnknown;
}

// "17:dc1" -> "dc1"; "dc1" stays.
absl::string_view WithoutVersion(absl::string_view value) {
  const size_t colon = value.find(':');
  if (colon == absl::string_view::npos || !ParseInteger(value.substr(0, colon)).has_value()) return value;
  return value.substr(colon + 1);
}

class StateReader {
 public:
  explicit StateReader(GossipState* state) : state_(state) {}

  void Read(absl::string_view key, absl::string_view value) {
    if (key == "STATUS_WITH_PORT") {
      state_->status = StatusOf(value);
      with_port_ = true;
    } else if (key == "STATUS" && !with_port_) {
      state_->status = StatusOf(value);
    } else if (key == "HOST_ID") {
      state_->host_id = NormalizeHostId(value).value_or("");
    } else if (key == "DC") {
      state_->datacenter = std::string(value);
    } else if (key == "RACK") {
      state_->rack = std::string(value);
    } else if (key == "RELEASE_VERSION") {
      state_->release = CleanRelease(value);
    } else if (key == "SCHEMA") {
      state_->schema_version = std::string(value);
    } else if (key == "LOAD") {
      state_->load_bytes = ParseBytes(value);
    }
  }

 private:
  GossipState* state_;
  bool with_port_ = false;
};

}  // namespace

std::string CleanRelease(absl::string_view text) { return std::string(absl::StripSuffix(text, "-SNAPSHOT")); }

std::optional<GossipStates> ReadEndpointStates(absl::string_view text) {
  GossipStates out;
  std::optional<StateReader> reader;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripTrailingAsciiWhitespace(line);
    if (line.empty()) continue;
    if (line[0] != ' ') {
      const auto address = NormalizeAddress(line);
      if (!address.has_value()) return std::nullopt;
      const auto [at, added] = out.try_emplace(*address);
      if (!added) return std::nullopt;
      reader.emplace(&at->second);
      continue;
    }
    line = absl::StripLeadingAsciiWhitespace(line);
    const size_t colon = line.find(':');
    if (!reader.has_value() || colon == absl::string_view::npos) return std::nullopt;
    reader->Read(line.substr(0, colon), WithoutVersion(line.substr(colon + 1)));
  }
  return out;
}

}  // namespace cassplan::cassandra

#include "lib/report/condition_text.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

struct Phrase {
  absl::string_view fact;
  absl::string_view value;  // "": any
  absl::string_view text;   // $: the value
};

// The first that fits counts.
constexpr Phrase kPhrases[] = {
    {"absent_for_majority", "", "most other nodes do not list $ any more"},
    {"approved", "yes", "a person approved it"},
    {"cleanup_owed", "no", "no cleanup is owed"},
    {"datacenter_up", "", "all nodes of $ are up"},
    {"disk_forecast", "fits", "every disk has room for what it will get"},
    {"disk_free_bytes", "", "its disk has $ free"},
    {"down_outside_section", "none", "no other node is down"},
    {"down_outside_section", "", "no other node is down but $"},
    {"highest_ordinal", "", "it is the rack's last slot, number $"},
    {"host_id", "", "the node's host id is $"},
    {"lower_ordinals_ready", "yes", "the slots before it are ready"},
    {"member_down_for_all_live", "yes", "every live node sees it down"},
    {"member_up", "no", "the node is down"},
    {"member_up", "yes", "the node is up"},
    {"member_up_for_majority", "yes", "most other nodes see it up"},
    {"members_down", "none", "no node is down"},
    {"native_transport", "yes", "clients can connect to it"},
    {"no_movement", "yes", "no node joins, leaves or moves"},
    {"no_movement", "", "no node that shares a range with it joins, leaves or moves"},
    {"node_mode", "", "the node says of itself: $"},
    {"objects_revision", "desired", "the shared objects are as the spec has them"},
    {"rack_capacity", "", "the workload asks for $ per new volume"},
    {"rack_nodes", "", "slots of the rack: $"},
    {"rack_present", "no", "the rack does not exist"},
    {"rack_present", "yes", "the rack exists"},
    {"rack_uid", "another", "the workload has been made anew"},
    {"rack_uid", "", "the workload's uid is $"},
    {"releases", "1", "all nodes run one release"},
    {"replaced_host_absent", "", "no node lists $ any more"},
    {"replication", "", "the keyspace has $ replicas there"},
    {"reported", "done", "the command has ended without an error"},
    {"schema_versions", "1", "all nodes agree on the schema"},
    {"seeds", "", "the seed list is $"},
    {"slot_cannot_start", "yes", "its slot cannot start again"},
    {"slot_present", "no", "the slot is gone"},
    {"slot_uid", "", "the slot's uid is $"},
    {"template_revision", "", "its template is $"},
    {"volume", "absent or empty", "its volume is absent or empty"},
    {"volume", "of this member", "its volume is the one of this member"},
    {"volume_capacity", "", "the volume is seen with $"},
    {"volume_expandable", "yes", "its storage class lets the volume grow"},
    {"volume_mounted", "no", "nothing uses the volume"},
    {"volume_present", "no", "the volume is gone"},
    {"volume_resize", "failed", "the resize failed"},
    {"volume_uid", "", "the volume's uid is $"},
    {"volumes_capacity", "", "every volume of the rack has $ at least"},
    {"window_open", "yes", "a maintenance window is open"},
};

bool IsBytes(absl::string_view fact) {
  return fact == "disk_free_bytes" || fact == "rack_capacity" || fact == "volume_capacity" ||
         fact == "volumes_capacity";
}

std::string ValueText(const v1::Condition& c) {
  int64_t bytes = 0;
  return IsBytes(c.fact()) && absl::SimpleAtoi(c.value(), &bytes) ? Bytes(bytes) : c.value();
}

// "slot_uid is 7"
std::string Plain(const v1::Condition& c) {
  const std::string name = absl::StrReplaceAll(c.fact(), {{"_", " "}});
  return c.value().empty() ? name : absl::StrCat(name, " is ", c.value());
}

}  // namespace

std::string ConditionText(const v1::Condition& c) {
  std::string text;
  for (const Phrase& phrase : kPhrases) {
    if (phrase.fact != c.fact() || c.value().empty() || (!phrase.value.empty() && phrase.value != c.value())) continue;
    text = absl::StrReplaceAll(phrase.text, {{"$", ValueText(c)}});
    break;
  }
  if (text.empty()) text = Plain(c);
  const std::string subject = TargetName(c.subject());
  if (subject != "the cluster") absl::StrAppend(&text, " (", subject, ")");
  return text;
}

}  // namespace cassplan::report

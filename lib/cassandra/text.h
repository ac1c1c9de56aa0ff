// The small texts that Cassandra prints: addresses, amounts of bytes, replication, sets of tokens. Pure; hostile text
// gives nothing, never a wrong value.
#ifndef CASSPLAN_LIB_CASSANDRA_TEXT_H_
#define CASSPLAN_LIB_CASSANDRA_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace cassplan::cassandra {

// "127.0.0.1", "/127.0.0.1", "127.0.0.1:7000", "host/127.0.0.1:7000", "2001:db8:0:0:0:0:0:1", "[2001:db8::1]:7000" and
// the like as the bare IP in its shortest lower-case form ("2001:db8::1"). Nothing when there is no IP in it.
std::optional<std::string> NormalizeAddress(absl::string_view text);

// "12.1 MiB", "1,23 GB", "989 bytes", "3.7427453E7" as bytes, rounded up. The last point or comma is the decimal one.
// Units are powers of 1024 whichever way they are written, as in every Cassandra release. Nothing when it does not fit
// 63 bits.
std::optional<int64_t> ParseBytes(absl::string_view text);

// A decimal integer that fits, with nothing around it.
std::optional<int64_t> ParseInteger(absl::string_view text);

// "org.apache.cassandra.locator.SimpleStrategy" -> "SimpleStrategy".
std::string SimpleClassName(absl::string_view text);

// "NAME {a=b, c=d}", "{'class': 'x', 'dc1': '3'}" and mixtures: the text before the brace, and the pairs in the order
// in which they are written. Nothing when the braces or the pairs are broken.
struct OptionsText {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;
};
std::optional<OptionsText> ParseOptionsText(absl::string_view text);

// A canonical UUID in lower case, or nothing.
std::optional<std::string> NormalizeHostId(absl::string_view text);

// The text, or its start and "..." when it is long, cut between characters.
std::string Clip(absl::string_view text);

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_TEXT_H_

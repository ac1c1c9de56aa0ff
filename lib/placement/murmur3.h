// The token of a partition key under Murmur3Partitioner.
#ifndef CASSPLAN_LIB_PLACEMENT_MURMUR3_H_
#define CASSPLAN_LIB_PLACEMENT_MURMUR3_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace cassplan::placement {

// `key`: the serialized partition key as Cassandra stores it (an int is four bytes, big endian; parts of a composite
// key carry their lengths). [-2^63 + 1, 2^63 - 1]. Source: org.apache.cassandra.dht.Murmur3Partitioner.getToken with
// org.apache.cassandra.utils.MurmurHash.hash3_x64_128, which sign-extends the bytes of an incomplete last block, unlike
// the original Murmur3: kept since tokens are on disk.
int64_t Murmur3Token(absl::string_view key);

}  // namespace cassplan::placement

#endif  // CASSPLAN_LIB_PLACEMENT_MURMUR3_H_

// Changes messages by reflection: the order of lists, and any value at all.
#ifndef CASSPLAN_TESTS_PROPERTY_MUTATE_H_
#define CASSPLAN_TESTS_PROPERTY_MUTATE_H_

#include "google/protobuf/message.h"
#include "tests/property/support.h"

namespace cassplan::property {

// Puts every repeated field, at any depth, into another order.
void Shuffle(Random* random, google::protobuf::Message* message);

// Changes about `changes` places: a field is cleared, a number made huge, negative or another small one, text replaced
// by odd text or by text from elsewhere in the message, an element of a list doubled, dropped or mixed with another.
void Mutate(int changes, Random* random, google::protobuf::Message* message);

}  // namespace cassplan::property

#endif  // CASSPLAN_TESTS_PROPERTY_MUTATE_H_

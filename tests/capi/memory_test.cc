// Memory ends at every possible moment of what the boundary itself does: the status says so, nothing else happens, and
// nothing is lost. (Inside Protocol Buffers a lack of memory ends the program, as the header says.)
//
// operator new of this program is also that of the library.
#include <cassplan/cassplan.h>

#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

long left = -1;  // allocations until memory ends; negative: it does not
long live = 0;   // blocks that were allocated and not freed

void* Allocate(std::size_t size) {
  if (left == 0) throw std::bad_alloc();
  if (left > 0) --left;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  ++live;
  return memory;
}

void Free(void* memory) noexcept {
  if (memory == nullptr) return;
  --live;
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete[](void* memory) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { Free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { Free(memory); }

int main() {
  const char* const long_name = "a name that is too long for a string without memory of its own";
  long refused = 0;
  for (long allowed = 0; allowed < 100; ++allowed) {
    cassplan_buffer* out = nullptr;
    cassplan_error* error = nullptr;
    const long before = live;
    left = allowed;
    const cassplan_status status = cassplan_convert(long_name, 99, nullptr, 5, 98, &out, &error);
    left = -1;
    const bool exhausted = status == CASSPLAN_RESOURCE_EXHAUSTED;
    const bool right = (exhausted || status == CASSPLAN_INVALID_ARGUMENT) && out == nullptr && error != nullptr &&
                       cassplan_error_code(error) == status && cassplan_error_message(error)[0] != 0;
    cassplan_error_free(error);
    if (!right || live != before) {
      std::fprintf(stderr, "after %ld allocations: status %d, %ld blocks lost\n", allowed, status, live - before);
      return 1;
    }
    refused += exhausted ? 1 : 0;
    if (!exhausted && refused > 0) {
      std::printf("memory ended at %ld moments\n", refused);
      return 0;
    }
  }
  std::fprintf(stderr, "memory never ended, or always\n");
  return 1;
}

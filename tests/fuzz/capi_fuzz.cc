// Any bytes into any function of the C API: an answer or an error, and nothing else. The first byte picks the function,
// the second the encoding.
#include <cassplan/cassplan.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

void Check(bool condition) {
  if (!condition) std::abort();
}

// One step, and what becomes of the checkpoint.
cassplan_status Reconcile(cassplan_encoding encoding, const void* data, size_t size, cassplan_buffer** out,
                          cassplan_error** error) {
  cassplan_reconciler* reconciler = nullptr;
  cassplan_status status = cassplan_reconciler_new(CASSPLAN_ENCODING_PROTO, nullptr, 0, &reconciler, nullptr);
  Check(status == CASSPLAN_OK && reconciler != nullptr);
  status = cassplan_reconciler_step(reconciler, encoding, data, size, out, error);
  cassplan_buffer* checkpoint = nullptr;
  Check(cassplan_reconciler_checkpoint(reconciler, CASSPLAN_ENCODING_PROTO, &checkpoint, nullptr) == CASSPLAN_OK);
  cassplan_buffer_free(checkpoint);
  cassplan_reconciler_free(reconciler);
  return status;
}

cassplan_status Configure(cassplan_encoding encoding, const void* data, size_t size, cassplan_buffer** out,
                          cassplan_error** error) {
  cassplan_reconciler* reconciler = nullptr;
  const cassplan_status status = cassplan_reconciler_new(encoding, data, size, &reconciler, error);
  Check((status == CASSPLAN_OK) == (reconciler != nullptr));
  *out = nullptr;
  if (reconciler != nullptr) Check(cassplan_reconciler_checkpoint(reconciler, encoding, out, nullptr) == CASSPLAN_OK);
  cassplan_reconciler_free(reconciler);
  return status;
}

cassplan_status Simulate(cassplan_encoding encoding, const void* data, size_t size, cassplan_buffer** out,
                         cassplan_error** error) {
  cassplan_simulation* simulation = nullptr;
  cassplan_status status = cassplan_simulation_new(encoding, data, size, &simulation, error);
  Check((status == CASSPLAN_OK) == (simulation != nullptr));
  *out = nullptr;
  while (status == CASSPLAN_OK && *out == nullptr) {
    status = cassplan_simulation_run(simulation, 100, encoding, out, error);
  }
  cassplan_simulation_free(simulation);
  return status;
}

cassplan_status Convert(cassplan_encoding encoding, const void* data, size_t size, cassplan_buffer** out,
                        cassplan_error** error) {
  return cassplan_convert("PlanRequest", encoding, data, size, CASSPLAN_ENCODING_JSON, out, error);
}

using Function = cassplan_status (*)(cassplan_encoding, const void*, size_t, cassplan_buffer**, cassplan_error**);
constexpr Function kFunctions[] = {cassplan_plan,    cassplan_read, cassplan_validate, cassplan_verify,
                                   cassplan_render,  Convert,       Reconcile,         Configure,
                                   cassplan_explain, cassplan_diff, Simulate};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const Function function = kFunctions[data[0] % (sizeof(kFunctions) / sizeof(kFunctions[0]))];
  const cassplan_encoding encoding = data[1] % 4;
  cassplan_buffer* out = nullptr;
  cassplan_error* error = nullptr;
  const cassplan_status status = function(encoding, data + 2, size - 2, &out, &error);
  Check((status == CASSPLAN_OK) == (out != nullptr) && (status == CASSPLAN_OK) == (error == nullptr));
  Check(status != CASSPLAN_INTERNAL && cassplan_error_code(error) == status);
  cassplan_buffer_free(out);
  cassplan_error_free(error);
  return 0;
}

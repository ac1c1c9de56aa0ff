// The C API for C++ hosts: owned handles instead of pointers, exceptions or values instead of statuses. C++17, standard
// library only, header-only: what is linked is libcassplan.so, with its stable binary interface. (Programs that are
// built together with cassplan take cassplan/planner.h instead; one process must not hold both.)
//
//   cassplan::Buffer response = cassplan::plan(cassplan::Encoding::json, request);   // throws cassplan::Error
//   std::cout << response.view();
//
//   if (auto result = cassplan::try_plan(cassplan::Encoding::json, request)) use(result->view());
//   else log(result.error().what());
//
// Rules of threads, limits, errors and outcomes are those of cassplan.h.
#ifndef CASSPLAN_CASSPLAN_HPP_
#define CASSPLAN_CASSPLAN_HPP_

#include <cassplan/cassplan.h>

#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace cassplan {

enum class Encoding : std::int32_t {
  proto = CASSPLAN_ENCODING_PROTO,
  json = CASSPLAN_ENCODING_JSON,
  yaml = CASSPLAN_ENCODING_YAML,  // input of convert() only
};

// Bytes that the library made. Movable; empty when default-made or moved from.
class Buffer {
 public:
  Buffer() noexcept = default;
  // Takes ownership.
  explicit Buffer(cassplan_buffer* native) noexcept : native_(native) {}

  const std::uint8_t* data() const noexcept { return cassplan_buffer_data(native_.get()); }
  std::size_t size() const noexcept { return cassplan_buffer_size(native_.get()); }
  // Lives as long as the buffer.
  std::string_view view() const noexcept { return {reinterpret_cast<const char*>(data()), size()}; }
  std::string str() const { return std::string(view()); }

  cassplan_buffer* native() const noexcept { return native_.get(); }
  cassplan_buffer* release() noexcept { return native_.release(); }

 private:
  struct Free {
    void operator()(cassplan_buffer* buffer) const noexcept { cassplan_buffer_free(buffer); }
  };
  std::unique_ptr<cassplan_buffer, Free> native_;
};

// Why a call could not be done. Copyable, as exceptions must be; copies share what they hold.
class Error : public std::exception {
 public:
  // Takes ownership. `status` counts where `native` is null.
  Error(cassplan_status status, cassplan_error* native) : status_(status), native_(native, cassplan_error_free) {}

  // CASSPLAN_INVALID_ARGUMENT, ...
  cassplan_status code() const noexcept { return native_ ? cassplan_error_code(native_.get()) : status_; }
  const char* what() const noexcept override {
    return native_ ? cassplan_error_message(native_.get()) : "cassplan: no details";
  }
  // An ErrorDetails: every problem with path, line and column.
  Buffer details(Encoding encoding = Encoding::json) const {
    cassplan_buffer* out = nullptr;
    const cassplan_status status =
        cassplan_error_details(native_.get(), static_cast<cassplan_encoding>(encoding), &out);
    if (status != CASSPLAN_OK) throw Error(status, nullptr);
    return Buffer(out);
  }

 private:
  cassplan_status status_;
  std::shared_ptr<cassplan_error> native_;
};

// A value, or why there is none.
template <typename T>
class Result {
 public:
  Result(T value) : content_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : content_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const noexcept { return std::holds_alternative<T>(content_); }
  explicit operator bool() const noexcept { return ok(); }

  // Throws the error where there is no value.
  T& value() & {
    if (!ok()) throw std::get<Error>(content_);
    return std::get<T>(content_);
  }
  T value() && {
    if (!ok()) throw std::get<Error>(content_);
    return std::get<T>(std::move(content_));
  }
  T& operator*() & { return value(); }
  T* operator->() { return &value(); }

  // Only where there is no value.
  const Error& error() const { return std::get<Error>(content_); }

 private:
  std::variant<T, Error> content_;
};

namespace detail {

using PureCall = cassplan_status (*)(cassplan_encoding, const void*, std::size_t, cassplan_buffer**, cassplan_error**);

inline Result<Buffer> ask(PureCall call, Encoding encoding, std::string_view input) {
  cassplan_buffer* out = nullptr;
  cassplan_error* error = nullptr;
  const cassplan_status status =
      call(static_cast<cassplan_encoding>(encoding), input.data(), input.size(), &out, &error);
  if (status != CASSPLAN_OK) return Error(status, error);
  return Buffer(out);
}

}  // namespace detail

// Throws when the loaded library does not fit this header. Call it once, at the start.
inline void check_version() {
  cassplan_error* error = nullptr;
  const cassplan_status status = cassplan_check_version(CASSPLAN_ABI_VERSION, CASSPLAN_VERSION_NUMBER, &error);
  if (status != CASSPLAN_OK) throw Error(status, error);
}

inline std::string version() { return cassplan_version_string(); }

inline Buffer capabilities(Encoding encoding = Encoding::json) {
  cassplan_buffer* out = nullptr;
  cassplan_error* error = nullptr;
  const cassplan_status status = cassplan_capabilities(static_cast<cassplan_encoding>(encoding), &out, &error);
  if (status != CASSPLAN_OK) throw Error(status, error);
  return Buffer(out);
}

// PlanRequest -> PlanResponse
inline Result<Buffer> try_plan(Encoding encoding, std::string_view request) {
  return detail::ask(cassplan_plan, encoding, request);
}
inline Buffer plan(Encoding encoding, std::string_view request) { return try_plan(encoding, request).value(); }

// Sources -> SourcesRead
inline Result<Buffer> try_read(Encoding encoding, std::string_view sources) {
  return detail::ask(cassplan_read, encoding, sources);
}
inline Buffer read(Encoding encoding, std::string_view sources) { return try_read(encoding, sources).value(); }

// PlanRequest -> Validation
inline Result<Buffer> try_validate(Encoding encoding, std::string_view request) {
  return detail::ask(cassplan_validate, encoding, request);
}
inline Buffer validate(Encoding encoding, std::string_view request) { return try_validate(encoding, request).value(); }

// VerifyRequest -> VerifyResponse
inline Result<Buffer> try_verify(Encoding encoding, std::string_view request) {
  return detail::ask(cassplan_verify, encoding, request);
}
inline Buffer verify(Encoding encoding, std::string_view request) { return try_verify(encoding, request).value(); }

// RenderRequest -> text
inline Result<Buffer> try_render(Encoding encoding, std::string_view request) {
  return detail::ask(cassplan_render, encoding, request);
}
inline Buffer render(Encoding encoding, std::string_view request) { return try_render(encoding, request).value(); }

// ExplainRequest -> Explanation
inline Result<Buffer> try_explain(Encoding encoding, std::string_view request) {
  return detail::ask(cassplan_explain, encoding, request);
}
inline Buffer explain(Encoding encoding, std::string_view request) { return try_explain(encoding, request).value(); }

// DiffRequest -> PlanDifference
inline Result<Buffer> try_diff(Encoding encoding, std::string_view request) {
  return detail::ask(cassplan_diff, encoding, request);
}
inline Buffer diff(Encoding encoding, std::string_view request) { return try_diff(encoding, request).value(); }

// One message of the schema in another encoding.
inline Result<Buffer> try_convert(const char* message, Encoding from, std::string_view data, Encoding to) {
  cassplan_buffer* out = nullptr;
  cassplan_error* error = nullptr;
  const cassplan_status status = cassplan_convert(message, static_cast<cassplan_encoding>(from), data.data(),
                                                  data.size(), static_cast<cassplan_encoding>(to), &out, &error);
  if (status != CASSPLAN_OK) return Error(status, error);
  return Buffer(out);
}
inline Buffer convert(const char* message, Encoding from, std::string_view data, Encoding to) {
  return try_convert(message, from, data, to).value();
}

// Drives one cluster; cassplan.h has the rules. Movable; one thread at a time.
class Reconciler {
 public:
  // A ReconcilerConfig, which may hold a checkpoint.
  explicit Reconciler(Encoding encoding = Encoding::json, std::string_view config = "{}") : encoding_(encoding) {
    cassplan_reconciler* made = nullptr;
    cassplan_error* error = nullptr;
    const cassplan_status status =
        cassplan_reconciler_new(static_cast<cassplan_encoding>(encoding), config.data(), config.size(), &made, &error);
    if (status != CASSPLAN_OK) throw Error(status, error);
    native_.reset(made);
  }

  // ReconcilerStep -> ReconcilerEffects
  Result<Buffer> try_step(std::string_view step) {
    cassplan_buffer* out = nullptr;
    cassplan_error* error = nullptr;
    const cassplan_status status = cassplan_reconciler_step(native_.get(), static_cast<cassplan_encoding>(encoding_),
                                                            step.data(), step.size(), &out, &error);
    if (status != CASSPLAN_OK) return Error(status, error);
    return Buffer(out);
  }
  Buffer step(std::string_view step) { return try_step(step).value(); }

  // A ReconcileCheckpoint.
  Buffer checkpoint() {
    cassplan_buffer* out = nullptr;
    cassplan_error* error = nullptr;
    const cassplan_status status =
        cassplan_reconciler_checkpoint(native_.get(), static_cast<cassplan_encoding>(encoding_), &out, &error);
    if (status != CASSPLAN_OK) throw Error(status, error);
    return Buffer(out);
  }

  cassplan_reconciler* native() const noexcept { return native_.get(); }

 private:
  struct Free {
    void operator()(cassplan_reconciler* reconciler) const noexcept { cassplan_reconciler_free(reconciler); }
  };
  Encoding encoding_;
  std::unique_ptr<cassplan_reconciler, Free> native_;
};

// A simulation in pieces; cassplan.h has the rules. Movable; one thread at a time.
class Simulation {
 public:
  // A SimulationRequest.
  explicit Simulation(Encoding encoding, std::string_view request) : encoding_(encoding) {
    cassplan_simulation* made = nullptr;
    cassplan_error* error = nullptr;
    const cassplan_status status = cassplan_simulation_new(static_cast<cassplan_encoding>(encoding), request.data(),
                                                           request.size(), &made, &error);
    if (status != CASSPLAN_OK) throw Error(status, error);
    native_.reset(made);
  }

  // Goes on for at most `max_steps` events; the SimulationResult when the run is over.
  std::optional<Buffer> run(std::int64_t max_steps) {
    cassplan_buffer* out = nullptr;
    cassplan_error* error = nullptr;
    const cassplan_status status =
        cassplan_simulation_run(native_.get(), max_steps, static_cast<cassplan_encoding>(encoding_), &out, &error);
    if (status != CASSPLAN_OK) throw Error(status, error);
    if (out == nullptr) return std::nullopt;
    return Buffer(out);
  }

  cassplan_simulation* native() const noexcept { return native_.get(); }

 private:
  struct Free {
    void operator()(cassplan_simulation* simulation) const noexcept { cassplan_simulation_free(simulation); }
  };
  Encoding encoding_;
  std::unique_ptr<cassplan_simulation, Free> native_;
};

// SimulationRequest -> SimulationResult, in one piece.
inline Buffer simulate(Encoding encoding, std::string_view request) {
  return std::move(*Simulation(encoding, request).run(std::numeric_limits<std::int64_t>::max()));
}

}  // namespace cassplan

#endif  // CASSPLAN_CASSPLAN_HPP_

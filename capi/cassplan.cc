// The functions of cassplan.h. What each does is written there.
#include "cassplan/cassplan.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "capi/boundary.h"
#include "capi/messages.h"
#include "cassplan/explain.h"
#include "cassplan/planner.h"
#include "cassplan/v1/embed.pb.h"
#include "cassplan/verify.h"
#include "google/protobuf/arena.h"
#include "lib/dump/sources.h"
#include "lib/planner/pipeline.h"
#include "lib/report/difference.h"
#include "lib/report/json.h"
#include "lib/report/markdown.h"
#include "lib/report/results.h"
#include "lib/report/runbook.h"
#include "lib/report/text.h"

namespace {

using cassplan::capi::Call;
using cassplan::capi::CheckEncoding;
using cassplan::capi::Fail;
using cassplan::capi::FailWith;
using cassplan::capi::Input;
using cassplan::capi::Parse;
using cassplan::capi::ParseWithRequest;
using cassplan::capi::ValueOf;
using cassplan::capi::Write;
using google::protobuf::Arena;
namespace report = cassplan::report;
namespace v1 = cassplan::v1;

constexpr char kText[] = "text";
constexpr char kJson[] = "json";
constexpr const char* kRenderFormats[] = {kText, kJson, "markdown", "sarif", "junit", "runbook"};
constexpr const char* kFunctions[] = {
#define CASSPLAN_FUNCTION(name) #name,
#include "capi/functions.inc"
#undef CASSPLAN_FUNCTION
};

void CheckRange(const char* field, int64_t value, int64_t lowest, int64_t highest) {
  if (value >= lowest && value <= highest) return;
  cassplan::Problem problem;
  problem.location.set_path(field);
  problem.message = absl::StrCat(value, " is not in [", lowest, ", ", highest, "]");
  Fail({problem});
}

std::string PlanBytes(cassplan_encoding encoding, absl::string_view bytes) {
  Arena arena;
  auto* request = Arena::CreateMessage<v1::PlanRequest>(&arena);
  auto* response = Arena::CreateMessage<v1::PlanResponse>(&arena);
  const std::vector<v1::Finding> findings = ParseWithRequest(encoding, bytes, "", request);
  cassplan::planner::RunPipeline(*request, cassplan::planner::ScheduleOptions(), nullptr, response);
  for (const v1::Finding& finding : findings) *response->add_findings() = finding;
  return Write(encoding, *response);
}

v1::Validation Unreadable(const cassplan::capi::Failure& failure) {
  v1::Validation validation;
  validation.set_outcome(v1::OUTCOME_INVALID);
  for (const cassplan::Problem& problem : failure.problems) {
    v1::Finding* finding = validation.add_findings();
    finding->set_message(problem.message);
    *finding->mutable_location() = problem.location;
  }
  if (failure.problems.empty()) validation.add_findings()->set_message(failure.message);
  for (v1::Finding& finding : *validation.mutable_findings()) {
    finding.set_rule("unreadable");
    finding.set_level(v1::FINDING_LEVEL_ERROR);
  }
  return validation;
}

v1::Validation Validate(cassplan_encoding encoding, absl::string_view bytes) {
  v1::PlanRequest request;
  std::vector<v1::Finding> read;
  try {
    read = ParseWithRequest(encoding, bytes, "", &request);
  } catch (const cassplan::capi::Failure& failure) {
    return Unreadable(failure);
  }
  request.set_horizon(v1::HORIZON_READY);  // the same passes; less is written
  const absl::StatusOr<v1::PlanResponse> response = cassplan::Plan(request);
  if (!response.ok()) FailWith(response.status());
  v1::Validation validation;
  validation.set_outcome(response->outcome());
  validation.set_legal(response->outcome() != v1::OUTCOME_INVALID && response->outcome() != v1::OUTCOME_REFUSED);
  for (const bool errors : {true, false}) {
    for (const v1::Finding& finding : response->findings()) {
      if ((finding.level() == v1::FINDING_LEVEL_ERROR) == errors) *validation.add_findings() = finding;
    }
  }
  for (v1::Finding& finding : read) *validation.add_findings() = std::move(finding);
  return validation;
}

v1::VerifyResponse Verify(const v1::VerifyRequest& request) {
  CheckRange("max_states", request.max_states(), 0, 10'000'000);
  CheckRange("max_actions_to_explore", request.max_actions_to_explore(), 0, 1000);
  CheckRange("walks", request.walks(), 0, 10'000);
  cassplan::VerifyOptions options;
  if (request.max_states() > 0) options.max_states = request.max_states();
  if (request.max_actions_to_explore() > 0) options.max_actions_to_explore = request.max_actions_to_explore();
  options.walks = request.walks();
  if (request.seed() > 0) options.seed = request.seed();
  if (request.has_checkpoint()) options.checkpoint = &request.checkpoint();
  absl::StatusOr<cassplan::VerifyResult> result = cassplan::Verify(request.request(), request.response(), options);
  if (!result.ok()) FailWith(result.status());
  v1::VerifyResponse response;
  response.set_states(result->states);
  response.set_complete(result->complete);
  if (result->checkpoint.seen_size() > 0) *response.mutable_checkpoint() = std::move(result->checkpoint);
  for (const cassplan::Violation& violation : result->violations) {
    v1::PlanViolation* out = response.add_violations();
    out->set_invariant(violation.invariant);
    out->set_text(violation.text);
    for (const std::string& id : violation.running) out->add_running(id);
  }
  return response;
}

std::string Render(const v1::RenderRequest& request) {
  CheckRange("verbosity", request.verbosity(), 0, 2);
  if (request.width() != 0) CheckRange("width", request.width(), 40, 1000);
  const std::string format = request.format().empty() ? kText : request.format();
  const size_t width = request.width() > 0 ? static_cast<size_t>(request.width()) : 100;
  const v1::PlanRequest& asked = request.request();
  const v1::PlanResponse& plan = request.response();
  if (format == kJson) return report::RenderJson(plan);
  if (format == "markdown") return report::RenderMarkdown(asked, plan);
  if (format == "sarif") return report::RenderSarif(report::HeldAndFindings(asked, plan), {});
  if (format == "junit") {
    return report::RenderJunit(absl::StrCat("cassplan plan of ", asked.desired().cluster()),
                               report::AllResults(asked, plan));
  }
  if (format == "runbook") {
    return report::RenderRunbook(asked, plan, width, request.color(), request.verbosity() > 0);
  }
  if (format != kText) {
    cassplan::Problem problem;
    problem.location.set_path("format");
    problem.message = absl::StrCat("\"", format, "\" is not known; give one of ", absl::StrJoin(kRenderFormats, ", "));
    Fail({problem});
  }
  report::TextOptions options;
  options.verbosity = request.verbosity();
  options.color = request.color();
  options.width = width;
  options.target = request.target();
  return report::RenderText(asked, plan, options);
}

v1::PlanDifference Diff(const v1::DiffRequest& request) {
  const report::Difference difference = report::Compare(request.before(), request.after());
  v1::PlanDifference out;
  out.set_outcome_before(difference.outcome.first);
  out.set_outcome_after(difference.outcome.second);
  for (const v1::Action* action : difference.added) *out.add_added() = *action;
  for (const v1::Action* action : difference.removed) *out.add_removed() = *action;
  for (const report::Difference::Changed& changed : difference.changed) {
    v1::ChangedAction* both = out.add_changed();
    *both->mutable_before() = *changed.before;
    *both->mutable_after() = *changed.after;
    for (const std::string& field : changed.fields) both->add_fields(field);
  }
  for (const v1::Action* action : difference.moved) out.add_moved_ids(action->id());
  for (const v1::Held* held : difference.held) *out.add_held() = *held;
  for (const v1::Held* held : difference.released) *out.add_released() = *held;
  for (const auto& [before, after] : difference.held_otherwise) {
    v1::ChangedHeld* both = out.add_held_otherwise();
    *both->mutable_before() = *before;
    *both->mutable_after() = *after;
  }
  for (const std::string& sentence : difference.impact) out.add_impact(sentence);
  out.set_text(report::RenderDifference(difference, 100, /*color=*/false));
  return out;
}

std::string Convert(const char* name, cassplan_encoding from, absl::string_view bytes, cassplan_encoding to) {
  if (name == nullptr) Fail(CASSPLAN_INVALID_ARGUMENT, "the name of the message is NULL");
  if (from != CASSPLAN_ENCODING_YAML) CheckEncoding(from);
  CheckEncoding(to);
  const google::protobuf::Message* prototype = cassplan::capi::FindMessage(name);
  if (prototype == nullptr) {
    Fail(CASSPLAN_INVALID_ARGUMENT,
         absl::StrCat("message \"", name, "\" is not known; cassplan_capabilities lists all"));
  }
  Arena arena;
  google::protobuf::Message* message = prototype->New(&arena);
  Parse(from, bytes, message);
  message->DiscardUnknownFields();
  return Write(to, *message);
}

v1::LibraryInfo Info() {
  v1::LibraryInfo info;
  info.set_version(CASSPLAN_VERSION);
  info.set_abi_version(CASSPLAN_ABI_VERSION);
  info.set_plan_format_version("1.0");
  for (int kind = 1; kind < v1::ActionKind_ARRAYSIZE; ++kind) {
    if (v1::ActionKind_IsValid(kind)) info.add_kinds(static_cast<v1::ActionKind>(kind));
  }
  for (const char* function : kFunctions) info.add_functions(function);
  for (const std::string& name : cassplan::capi::MessageNames()) info.add_messages(name);
  for (const char* format : kRenderFormats) info.add_render_formats(format);
  info.set_max_input_bytes(CASSPLAN_MAX_INPUT_BYTES);
  info.set_max_depth(cassplan::ParseOptions().max_depth);
  return info;
}

// Reads a `Request`, and writes what `answer` makes of it.
template <typename Request, typename Answer>
cassplan_status Ask(cassplan_encoding encoding, const void* data, size_t size, cassplan_buffer** out,
                    cassplan_error** error, const Answer& answer, const char* prefix = "request.") noexcept {
  return Call(out, error, [&] {
    const absl::string_view bytes = Input(data, size);
    Arena arena;
    auto* request = Arena::CreateMessage<Request>(&arena);
    ParseWithRequest(encoding, bytes, prefix, request);
    return answer(*request);
  });
}

}  // namespace

const char* cassplan_version_string(void) { return CASSPLAN_VERSION; }

cassplan_status cassplan_check_version(int32_t header_abi_version, int32_t header_version_number,
                                       cassplan_error** error) {
  if (error != nullptr) *error = nullptr;
  try {
    if (header_abi_version != CASSPLAN_ABI_VERSION) {
      Fail(CASSPLAN_FAILED_PRECONDITION,
           absl::StrCat("the program was made for ABI ", header_abi_version, " and the library ", CASSPLAN_VERSION,
                        " has ABI ", CASSPLAN_ABI_VERSION, "; compile it again with this library's header"));
    }
    if (header_version_number > CASSPLAN_VERSION_NUMBER) {
      Fail(CASSPLAN_FAILED_PRECONDITION,
           absl::StrCat("the program was made for version number ", header_version_number, ", the library ",
                        CASSPLAN_VERSION, " is older (", CASSPLAN_VERSION_NUMBER, "); install a newer one"));
    }
    return CASSPLAN_OK;
  } catch (...) {
    return cassplan::capi::ReportException(error);
  }
}

cassplan_status cassplan_capabilities(cassplan_encoding encoding, cassplan_buffer** info, cassplan_error** error) {
  return Call(info, error, [&] {
    CheckEncoding(encoding);
    return Write(encoding, Info());
  });
}

const uint8_t* cassplan_buffer_data(const cassplan_buffer* buffer) {
  static constexpr uint8_t kNothing = 0;
  return buffer == nullptr ? &kNothing : reinterpret_cast<const uint8_t*>(buffer->bytes.data());
}

size_t cassplan_buffer_size(const cassplan_buffer* buffer) { return buffer == nullptr ? 0 : buffer->bytes.size(); }

void cassplan_buffer_free(cassplan_buffer* buffer) { delete buffer; }

cassplan_status cassplan_error_code(const cassplan_error* error) {
  return error == nullptr ? CASSPLAN_OK : error->code;
}

const char* cassplan_error_message(const cassplan_error* error) {
  return error == nullptr ? "" : error->message.c_str();
}

cassplan_status cassplan_error_details(const cassplan_error* error, cassplan_encoding encoding,
                                       cassplan_buffer** details) {
  return Call(details, nullptr, [&] {
    CheckEncoding(encoding);
    return Write(encoding, error == nullptr ? v1::ErrorDetails() : error->details);
  });
}

void cassplan_error_free(cassplan_error* error) {
  if (!cassplan::capi::IsPermanent(error)) delete error;
}

cassplan_status cassplan_plan(cassplan_encoding encoding, const void* request, size_t request_size,
                              cassplan_buffer** response, cassplan_error** error) {
  return Call(response, error, [&] { return PlanBytes(encoding, Input(request, request_size)); });
}

cassplan_status cassplan_read(cassplan_encoding encoding, const void* sources, size_t sources_size,
                              cassplan_buffer** read, cassplan_error** error) {
  return Ask<v1::Sources>(encoding, sources, sources_size, read, error, [&](const v1::Sources& request) {
    cassplan::dump::SourcesResult result = cassplan::dump::ReadSources(request);
    if (!result.problems.empty()) Fail(std::move(result.problems));
    return Write(encoding, result.read);
  });
}

cassplan_status cassplan_validate(cassplan_encoding encoding, const void* request, size_t request_size,
                                  cassplan_buffer** validation, cassplan_error** error) {
  return Call(validation, error, [&] {
    CheckEncoding(encoding);
    return Write(encoding, Validate(encoding, Input(request, request_size)));
  });
}

cassplan_status cassplan_verify(cassplan_encoding encoding, const void* request, size_t request_size,
                                cassplan_buffer** response, cassplan_error** error) {
  return Ask<v1::VerifyRequest>(encoding, request, request_size, response, error,
                                [&](const v1::VerifyRequest& asked) { return Write(encoding, Verify(asked)); });
}

cassplan_status cassplan_render(cassplan_encoding encoding, const void* request, size_t request_size,
                                cassplan_buffer** text, cassplan_error** error) {
  return Ask<v1::RenderRequest>(encoding, request, request_size, text, error, Render);
}

cassplan_status cassplan_convert(const char* message, cassplan_encoding from, const void* data, size_t data_size,
                                 cassplan_encoding to, cassplan_buffer** out, cassplan_error** error) {
  return Call(out, error, [&] { return Convert(message, from, Input(data, data_size), to); });
}

cassplan_status cassplan_explain(cassplan_encoding encoding, const void* request, size_t request_size,
                                 cassplan_buffer** explanation, cassplan_error** error) {
  return Ask<v1::ExplainRequest>(encoding, request, request_size, explanation, error, [&](const auto& asked) {
    return Write(encoding, ValueOf(cassplan::Explain(asked.request(), asked.response(), asked.what())));
  });
}

cassplan_status cassplan_diff(cassplan_encoding encoding, const void* request, size_t request_size,
                              cassplan_buffer** difference, cassplan_error** error) {
  return Ask<v1::DiffRequest>(encoding, request, request_size, difference, error,
                              [&](const auto& asked) { return Write(encoding, Diff(asked)); });
}

#include "examples/operator/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "nlohmann/json.hpp"

namespace cassplan::host {
namespace {

std::atomic<LogFormat> format{LogFormat::kText};

spdlog::level::level_enum LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    default:
      return spdlog::level::err;
  }
}

}  // namespace

void OpenLog(LogFormat wanted, LogLevel lowest) {
  format = wanted;
  auto logger = spdlog::stderr_logger_mt("cassplan-operator");
  logger->set_level(LevelOf(lowest));
  logger->flush_on(spdlog::level::debug);
  // In JSON the members after the time come from Log.
  logger->set_pattern(wanted == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                 : "%Y-%m-%dT%H:%M:%SZ %^%-7l%$ %v",
                      spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
}

void Log(LogLevel level, absl::string_view what, std::initializer_list<LogField> fields) {
  const auto text = [](const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  std::string line;
  if (format == LogFormat::kJson) {
    line = "\"message\":" + text(std::string(what));
    for (const auto& [name, value] : fields) {
      if (!value.empty()) line += "," + text(std::string(name)) + ":" + text(value);
    }
  } else {
    line = std::string(what);
    for (const auto& [name, value] : fields) {
      if (!value.empty()) line += "  " + std::string(name) + "=" + value;
    }
  }
  spdlog::default_logger_raw()->log(LevelOf(level), "{}", line);
}

}  // namespace cassplan::host

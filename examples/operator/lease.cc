#include "examples/operator/lease.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "examples/operator/log.h"

namespace cassplan::host {
namespace {

using executors::IntegerAt;
using executors::Json;
using executors::TextAt;

int64_t SteadyMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void Sleep(int64_t ms, const std::atomic<bool>& stop) {
  for (int64_t slept = 0; slept < ms && !stop; slept += 50) std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

std::string MicroTime() { return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone()); }

}  // namespace

Lease::Lease(executors::KubernetesClient* kubernetes, LeaseOptions options)
    : kubernetes_(*kubernetes), options_(std::move(options)) {}

absl::Status Lease::TryOnce() {
  absl::StatusOr<Json> lease = kubernetes_.Get(executors::kLeases, options_.name_space, options_.name);
  if (absl::IsNotFound(lease.status())) {
    const Json made = {{"apiVersion", "coordination.k8s.io/v1"},
                       {"kind", "Lease"},
                       {"metadata", {{"name", options_.name}, {"namespace", options_.name_space}}},
                       {"spec",
                        {{"holderIdentity", options_.identity},
                         {"leaseDurationSeconds", options_.duration_seconds},
                         {"acquireTime", MicroTime()},
                         {"renewTime", MicroTime()},
                         {"leaseTransitions", 0}}}};
    return kubernetes_.Create(executors::kLeases, options_.name_space, made).status();
  }
  if (!lease.ok()) return lease.status();
  const std::string holder = TextAt(*lease, {"spec", "holderIdentity"});
  if (holder != options_.identity && !holder.empty()) {
    const std::string version = TextAt(*lease, {"metadata", "resourceVersion"});
    if (version != seen_version_) {
      seen_version_ = version;
      seen_at_ms_ = SteadyMs();
    }
    const int64_t duration = std::max<int64_t>(1, IntegerAt(*lease, {"spec", "leaseDurationSeconds"}, 15));
    if (SteadyMs() - seen_at_ms_ < duration * 1000) {
      return absl::FailedPreconditionError(absl::StrCat(holder, " holds Lease ", options_.name));
    }
  }
  Json& spec = (*lease)["spec"];
  if (!spec.is_object()) spec = Json::object();
  if (holder != options_.identity) {
    spec["acquireTime"] = MicroTime();
    spec["leaseTransitions"] = IntegerAt(spec, {"leaseTransitions"}) + 1;
  }
  spec["holderIdentity"] = options_.identity;
  spec["leaseDurationSeconds"] = options_.duration_seconds;
  spec["renewTime"] = MicroTime();
  return kubernetes_.Replace(executors::kLeases, options_.name_space, options_.name, *lease).status();
}

bool Lease::Acquire(const std::atomic<bool>& stop) {
  std::string told;
  while (!stop) {
    const absl::Status status = TryOnce();
    if (status.ok()) return true;
    if (told != status.message()) Log(LogLevel::kInfo, "waits for the Lease", {{"why", std::string(status.message())}});
    told = std::string(status.message());
    Sleep(options_.renew_ms, stop);
  }
  return false;
}

absl::Status Lease::AcquireSoon(const std::atomic<bool>& stop) {
  const int64_t until = SteadyMs() + (options_.duration_seconds + 3) * 1000;
  while (true) {
    const absl::Status status = TryOnce();
    if (status.ok() || stop || SteadyMs() >= until || absl::IsPermissionDenied(status)) return status;
    Sleep(std::min<int64_t>(options_.renew_ms, 1000), stop);
  }
}

bool Lease::Keep(const std::atomic<bool>& stop) {
  int64_t good_at = SteadyMs();
  while (!stop) {
    Sleep(options_.renew_ms, stop);
    if (stop) return true;
    const int64_t begun = SteadyMs();
    const absl::Status status = TryOnce();
    if (status.ok()) {
      good_at = begun;
      continue;
    }
    Log(LogLevel::kWarning, "the Lease was not renewed", {{"why", std::string(status.message())}});
    // Before others may take it: what is begun after that could be done twice.
    const bool taken = absl::IsFailedPrecondition(status);
    if (taken || SteadyMs() - good_at > (options_.duration_seconds - 5) * 1000) return false;
  }
  return true;
}

void Lease::Release() {
  absl::StatusOr<Json> lease = kubernetes_.Get(executors::kLeases, options_.name_space, options_.name);
  if (!lease.ok() || TextAt(*lease, {"spec", "holderIdentity"}) != options_.identity) return;
  (*lease)["spec"]["holderIdentity"] = "";
  (*lease)["spec"]["leaseDurationSeconds"] = 1;
  const absl::Status released =
      kubernetes_.Replace(executors::kLeases, options_.name_space, options_.name, *lease).status();
  if (!released.ok()) Log(LogLevel::kWarning, "the Lease was not released", {{"why", std::string(released.message())}});
}

namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string IdentityOf(const std::string& given) {
  if (!given.empty()) return given;
  const std::string pod = Environment("POD_NAME");
  const std::string uid = Environment("POD_UID");
  if (!pod.empty() && !uid.empty()) return absl::StrCat(pod, "_", uid);
  return OwnIdentity("");
}

std::string OwnIdentity(const std::string& given) {
  if (!given.empty()) return given;
  char host[256] = "";
  gethostname(&host[0], sizeof(host) - 1);
  const std::string pod = Environment("POD_NAME");
  return absl::StrCat(pod.empty() ? std::string(&host[0]) : pod, "-", getpid(), "-", absl::ToUnixMicros(absl::Now()));
}

}  // namespace cassplan::host

#include "examples/cli/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cassplan::cli {
namespace {

namespace fs = std::filesystem;

struct Close {
  void operator()(FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, Close>;

absl::Status Error(int error) {
  return absl::UnavailableError(std::error_code(error, std::generic_category()).message());
}

absl::StatusOr<std::string> ReadAll(FILE* file) {
  std::string text;
  size_t used = 0;
  while (used < kMaxFileBytes) {
    text.resize(std::min(kMaxFileBytes, std::max<size_t>(used * 2, size_t{64} << 10)));
    const size_t n = std::fread(text.data() + used, 1, text.size() - used, file);
    used += n;
    if (std::ferror(file) != 0) return Error(errno);
    if (n == 0 || std::feof(file) != 0) break;
  }
  text.resize(used);
  return text;
}

// Names, relative to `root`, of what ReadDump looks at.
absl::StatusOr<std::vector<std::string>> DumpNames(const fs::path& root) {
  std::vector<std::string> names;
  std::error_code error;
  for (const char* name : {"dump.json", "kubernetes.json", "nodes.json", "schema.json"}) {
    if (fs::exists(root / name, error)) names.emplace_back(name);
  }
  if (fs::is_directory(root / "jolokia", error)) {
    fs::directory_iterator it(root / "jolokia", error);
    for (; !error && it != fs::directory_iterator(); it.increment(error)) {
      if (it->path().extension() == ".json") names.push_back(absl::StrCat("jolokia/", it->path().filename().string()));
    }
    if (error) return absl::UnavailableError(absl::StrCat("jolokia: ", error.message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status WriteTo(FILE* file, const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file) != text.size() || std::fflush(file) != 0) return Error(errno);
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  const File file(std::fopen(path.c_str(), "wb"));
  if (file == nullptr) return Error(errno);
  return WriteTo(file.get(), text);
}

}  // namespace

absl::StatusOr<std::string> ReadText(const std::string& path) {
  if (path == "-") return ReadAll(stdin);
  // fopen opens folders, and reading one then fails with a message that says less.
  if (IsFolder(path)) return absl::UnavailableError("is a folder; a file is due here");
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Error(errno);
  return ReadAll(file.get());
}

bool IsFolder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

absl::StatusOr<std::vector<dump::DumpFile>> ReadDumpFolder(const std::string& path, bool tell) {
  CASSPLAN_ASSIGN_OR_RETURN(const std::vector<std::string> names, DumpNames(path));
  if (tell && names.size() > kManyFiles) std::fprintf(stderr, "reading %zu files of %s\n", names.size(), path.c_str());
  std::vector<dump::DumpFile> files;
  for (const std::string& name : names) {
    absl::StatusOr<std::string> text = ReadText((fs::path(path) / name).string());
    if (!text.ok()) return absl::UnavailableError(absl::StrCat(name, ": ", text.status().message()));
    files.push_back({name, *std::move(text)});
  }
  return files;
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  if (path.empty() || path == "-") return WriteTo(stdout, text);
  std::error_code error;
  // A device or a pipe is written to, not replaced.
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) return WriteFile(path, text);
  const std::string part = absl::StrCat(path, ".part");
  absl::Status written = WriteFile(part, text);
  if (written.ok()) {
    fs::rename(part, path, error);
    if (error) written = absl::UnavailableError(error.message());
  }
  if (!written.ok()) fs::remove(part, error);
  return written;
}

}  // namespace cassplan::cli

// Runs a fuzz target over kept inputs where there is no libFuzzer: each argument is a file, or a folder of files. Each
// input is also tried cut off in some places, which is what broken files look like.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;

void Collect(const fs::path& path, std::set<fs::path>* files) {
  if (!fs::is_directory(path)) {
    files->insert(path);
    return;
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files->insert(entry.path());
  }
}

void Try(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

void TryWithCuts(const std::string& input) {
  constexpr size_t kCuts = 16;
  Try(input);
  for (size_t i = 1; i < kCuts; ++i) Try(input.substr(0, input.size() * i / kCuts));
}

}  // namespace

int main(int argc, char** argv) {
  std::set<fs::path> files;
  for (int i = 1; i < argc; ++i) Collect(argv[i], &files);
  Try("");
  for (const fs::path& path : files) {
    std::ifstream stream(path, std::ios::binary);
    const std::string input((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream) {
      std::fprintf(stderr, "%s cannot be read\n", path.c_str());
      return 1;
    }
    TryWithCuts(input);
  }
  std::printf("%zu inputs\n", files.size());
  return files.empty() ? 1 : 0;
}

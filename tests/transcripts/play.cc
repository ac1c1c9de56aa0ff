// play_transcripts FILE...: plays transcripts and prints them with what they print now. Exit code 1 where that is not
// what stands in the file.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/transcripts/script.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: play_transcripts FILE...\n";
    return 3;
  }
  bool same = true;
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i]);
    if (!in) {
      std::cerr << argv[i] << ": cannot be read\n";
      return 3;
    }
    std::stringstream text;
    text << in.rdbuf();
    const std::string now = cassplan::transcripts::Play(text.str()).text;
    std::cout << now;
    same = same && now == text.str();
  }
  return same ? 0 : 1;
}

#include "examples/cli/completion.h"

#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace cassplan::cli {
namespace {

// CLI11 describes a choice as "TEXT:{a,b}".
std::vector<std::string> Choices(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{');
  const size_t close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return absl::StrSplit(type.substr(open + 1, close - open - 1), ',');
}

// The names of one option: "-v", "--verbose".
std::vector<std::string> Names(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_lnames()) names.push_back(absl::StrCat("--", name));
  for (const std::string& name : option.get_snames()) names.push_back(absl::StrCat("-", name));
  return names;
}

struct Words {
  std::vector<std::string> all;              // options, and the choices of what has no name
  std::map<std::string, std::string> after;  // the name of an option -> what may follow: choices, or "" for a file
};

Words Collect(const CLI::App& command) {
  Words words;
  for (const CLI::Option* option : command.get_options()) {
    const std::vector<std::string> names = Names(*option);
    const std::vector<std::string> choices = Choices(*option);
    words.all.insert(words.all.end(), names.begin(), names.end());
    if (names.empty()) words.all.insert(words.all.end(), choices.begin(), choices.end());
    if (option->get_items_expected_max() == 0) continue;
    const bool file = absl::StrContains(option->get_type_name(), "FILE");
    if (!file && choices.empty()) continue;
    for (const std::string& name : names) words.after[name] = absl::StrJoin(choices, " ");
  }
  return words;
}

// A case of the script for one subcommand.
std::string Case(const CLI::App& command) {
  const Words words = Collect(command);
  std::string out = absl::StrCat("    ", command.get_name(), ")\n      case \"$previous\" in\n");
  for (const auto& [name, choices] : words.after) {
    absl::StrAppend(&out, "        ", name, ") ",
                    choices.empty() ? "files=yes" : absl::StrCat("words=\"", choices, "\""), " ;;\n");
  }
  absl::StrAppend(&out, "        *) words=\"", absl::StrJoin(words.all, " "), "\" ;;\n      esac\n      ;;\n");
  return out;
}

constexpr char kScript[] = R"(# bash completion for cassplan
_cassplan() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  local words="" files=""
  case "${COMP_WORDS[1]}" in
@CASES@    *) words="@COMMANDS@" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="@COMMANDS@"
    files=""
  fi
  if [ -n "$files" ]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
complete -o filenames -F _cassplan cassplan
)";

// zsh understands the script of bash.
constexpr char kZsh[] = "#compdef cassplan\nautoload -U +X bashcompinit && bashcompinit\n";

// For fish: in single quotes, where only the quote and the backslash mean something.
std::string FishQuoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}, {"\n", " "}}), "'");
}

std::string FishOption(const CLI::Option& option) {
  std::string out;
  for (const std::string& name : option.get_lnames()) absl::StrAppend(&out, " -l ", name);
  for (const std::string& name : option.get_snames()) absl::StrAppend(&out, " -s ", name);
  const std::vector<std::string> choices = Choices(option);
  if (!out.empty() && option.get_items_expected_max() != 0) absl::StrAppend(&out, " -r");
  if (!choices.empty()) {
    absl::StrAppend(&out, " -f -a ", FishQuoted(absl::StrJoin(choices, " ")));
  } else if (!absl::StrContains(option.get_type_name(), "FILE")) {
    absl::StrAppend(&out, " -f");
  }
  return absl::StrCat(out, " -d ", FishQuoted(option.get_description()), "\n");
}

std::string FishCompletion(const CLI::App& app) {
  std::string out = "# fish completion for cassplan\ncomplete -c cassplan -n __fish_use_subcommand -f -s h -l help\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    absl::StrAppend(&out, "complete -c cassplan -n __fish_use_subcommand -f -a ", command->get_name(), " -d ",
                    FishQuoted(command->get_description()), "\n");
    for (const CLI::Option* option : command->get_options()) {
      absl::StrAppend(&out, "complete -c cassplan -n '__fish_seen_subcommand_from ", command->get_name(), "'",
                      FishOption(*option));
    }
  }
  return out;
}

std::string BashCompletion(const CLI::App& app) {
  std::string cases;
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) {
    absl::StrAppend(&cases, Case(*command));
    commands.push_back(command->get_name());
  }
  commands.emplace_back("--help");
  return absl::StrReplaceAll(kScript, {{"@CASES@", cases}, {"@COMMANDS@", absl::StrJoin(commands, " ")}});
}

}  // namespace

std::string Completion(const CLI::App& app, const std::string& shell) {
  if (shell == "fish") return FishCompletion(app);
  return shell == "zsh" ? absl::StrCat(kZsh, BashCompletion(app)) : BashCompletion(app);
}

}  // namespace cassplan::cli

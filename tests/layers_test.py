#!/usr/bin/env python3
"""The direction of dependencies, and what the core may know.

base -> model -> placement -> ring -> planner -> reconcile; verify and simulate beside; adapters on model only.
Checked in the DEPS lists of lib/*/CMakeLists.txt and in the #include lines. Prints each offence with file:line.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_LINES = 800

# What a folder of lib/ may use directly, beside itself.
ALLOWED = {
    "base": set(),
    "model": {"base"},
    "placement": {"base"},
    "ring": {"base", "placement"},
    "planner": {"base", "placement", "ring"},
    "verify": {"base", "placement"},
    "reconcile": {"base", "model", "planner"},
    "simulate": {"base", "model", "placement", "planner", "reconcile", "verify"},
    "cassandra": {"base", "model"},
    "kubernetes": {"base", "model"},
    "reaper": {"base", "model"},
    "icarus": {"base", "model"},
    "dump": {"base", "model", "cassandra", "kubernetes"},
    "report": {"base", "model"},
    "lint": {"base", "model", "kubernetes", "report"},
    "executors": {"base", "dump", "model", "reconcile", "cassandra", "kubernetes", "reaper", "icarus"},
}
NOT_A_MODULE = {"cmake"}
# Which folder implements a public header.
PUBLIC = {"codec.h": "model", "planner.h": "planner", "verify.h": "verify", "reconcile.h": "reconcile", "executor.h": "reconcile", "driver.h": "reconcile",
          "simulate.h": "simulate", "explain.h": "report"}

CORE = {"planner", "ring", "placement", "verify"}
CORE_ABSEIL = re.compile(
    r"absl/(algorithm|container|numeric|strings|types)/|absl/status/(status|statusor)\.h$|absl/base/attributes\.h$")
CORE_DEPS = {"headers", "schema"}  # beside ALLOWED: the schema
CORE_ABSEIL_DEPS = {"algorithm", "algorithm_container", "btree", "fixed_array", "inlined_vector", "int128", "numeric",
                    "span", "status", "statusor", "str_format", "strings"}
CORE_STD_BANNED = {
    "barrier", "chrono", "condition_variable", "csignal", "ctime", "execution", "filesystem", "fstream", "future",
    "iostream", "latch", "locale", "mutex", "random", "semaphore", "shared_mutex", "stop_token", "syncstream", "thread",
    "unordered_map", "unordered_set",
}
CORE_WORDS = re.compile(
    r"\b(getenv|system_clock|steady_clock|high_resolution_clock|random_device|mt19937\w*|s?rand|drand48|thread_local|"
    r"gettimeofday|clock_gettime|localtime\w*|flat_hash_\w+|node_hash_\w+|unordered_\w+|printf|fprintf|float|double)\b")
# Only the first and the last passes of the planner see the schema.
SCHEMA_FILES = re.compile(r"lib/planner/(normalize|reports|explain|pipeline|settle|digest)\w*\.(h|cc)$|lib/verify/")
EVERYWHERE = re.compile(r"\bstd::string_view\b|\babsl::(optional|variant|nullopt)\b")

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
STD_HEADER = re.compile(r"^[a-z_0-9]+$")


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cc", ".h", ".py", ".sh") and path.is_file() and "build" not in path.parts:
                yield path


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def is_test(name):
    return re.search(r"(_test|testing|_testing)\.(cc|h)$|/test_\w+\.(cc|h)$|_fuzz\.cc$", name) is not None


def without_comments(text):
    """The code, line for line, without comments and the contents of strings."""

    def blank(match):
        token = match.group(0)
        if token.startswith(("//", "/*")):
            return "\n" * token.count("\n")
        return '""' + "\n" * token.count("\n")

    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\''
    return re.sub(pattern, blank, text, flags=re.S)


def modules():
    return sorted(p.name for p in (ROOT / "lib").iterdir() if p.is_dir() and p.name not in NOT_A_MODULE)


def check_folders():
    for module in modules():
        if module not in ALLOWED:
            yield f"lib/{module}: not known; say in tests/layers_test.py what it may use"
    described = (ROOT / "docs/architecture.md").read_text()
    for path in sorted((ROOT / "lib").iterdir()):
        if path.is_dir() and f"lib/{path.name}" not in described:
            yield f"docs/architecture.md: does not name lib/{path.name}"


def library_deps(text):
    """(line, dependency) of every cassplan_add_library in a CMakeLists.txt."""
    for call in re.finditer(r"cassplan_add_library\((.*?)\)", text, flags=re.S):
        position, listing = call.start(1), ""
        for word in re.finditer(r"\S+", call.group(1)):
            if word.group(0) in ("NAME", "DEPS", "PRIVATE_DEPS", "SOURCES"):
                listing = word.group(0)
            elif listing.endswith("DEPS"):
                yield text.count("\n", 0, position + word.start()) + 1, word.group(0)


def check_dep(module, dep):
    library, _, part = dep.partition("::")
    part = "model" if part == "yaml" else part  # a second library in lib/model
    if part == module == "model":
        return None
    if library == "cassplan" and part not in CORE_DEPS | ALLOWED[module]:
        return f"lib/{module} may not depend on {dep}"
    if module not in CORE:
        return None
    if library == "cassplan" and part in CORE_DEPS and module not in ("planner", "verify"):
        return f"lib/{module} may not know the schema"
    if library != "cassplan" and (library != "absl" or part not in CORE_ABSEIL_DEPS):
        return f"the core may not depend on {dep}"
    return None


def check_cmake():
    for module in modules():
        path = ROOT / "lib" / module / "CMakeLists.txt"
        if not path.exists() or module not in ALLOWED:
            continue
        for line, dep in library_deps(path.read_text()):
            problem = check_dep(module, dep)
            if problem:
                yield f"{name_of(path)}:{line}: {problem}"
    for line, text in enumerate((ROOT / "examples/cli/CMakeLists.txt").read_text().splitlines(), 1):
        if re.search(r"executor|reconcile|curl|ssl", text, flags=re.I):
            yield f"examples/cli/CMakeLists.txt:{line}: the cassplan command links nothing that can act"


def check_direction(module, header):
    parts = header.split("/")
    used = parts[1] if parts[0] == "lib" and len(parts) > 2 else PUBLIC.get(parts[-1]) if parts[0] == "cassplan" else None
    if used is None or used == module or used in ALLOWED[module]:
        return None
    return f"lib/{module} may not include {header}"


def check_core_include(module, name, header, in_quotes):
    if header.endswith(".pb.h") or header.startswith("google/protobuf/"):
        return None if SCHEMA_FILES.search(name) else "only the first and last passes see the schema"
    if header.startswith(("lib/", "cassplan/")):
        return None
    if header.startswith("absl/"):
        return None if CORE_ABSEIL.search(header) and "hash" not in header else f"the core may not use {header}"
    if in_quotes or not STD_HEADER.match(header) or header in CORE_STD_BANNED:
        return f"the core may not use {header}"
    return None


def check_includes(path, module):
    name = name_of(path)
    for line, text in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(text)
        if not match:
            continue
        header = match.group(1) or match.group(2)
        problem = check_direction(module, header)
        if not problem and module in CORE:
            problem = check_core_include(module, name, header, match.group(1) is not None)
        if problem:
            yield f"{name}:{line}: {problem}"


def check_words(path, module):
    name = name_of(path)
    for line, text in enumerate(without_comments(path.read_text()).splitlines(), 1):
        for match in EVERYWHERE.finditer(text):
            yield f"{name}:{line}: write absl::string_view, std::optional or std::variant, not {match.group(0)}"
        if module in CORE and not is_test(name):
            for match in CORE_WORDS.finditer(text):
                yield f"{name}:{line}: the core may not use {match.group(0)}"


def check_sources():
    for path in sources("lib", "include", "examples", "tests", "benchmarks"):
        name = name_of(path)
        lines = len(path.read_text(errors="replace").splitlines())
        if lines >= MAX_LINES:
            yield f"{name}:{lines}: has {lines} lines; fewer than {MAX_LINES} are allowed"
        if path.suffix not in (".cc", ".h"):
            continue
        module = name.split("/")[1] if name.startswith("lib/") else None
        if module in ALLOWED and not is_test(name):
            yield from check_includes(path, module)
        yield from check_words(path, module)


def main():
    offences = [*check_folders(), *check_cmake(), *check_sources()]
    print("\n".join(offences) or "the layers hold")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env bash
# Everything that must hold, in order of cost: format, tests with g++, the same plans with clang, and what README.md
# promises, fuzzing; with --all sanitizers, the Python package and Debian packages, too. The last line is
# "N passed, N failed": tests of ctest and steps of this script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(cmake ninja-build g++ clang-14 libclang-rt-14-dev clang-format-14 ccache libabsl-dev libprotobuf-dev
  protobuf-compiler nlohmann-json3-dev libyaml-cpp-dev libgtest-dev libgmock-dev libbenchmark-dev libcli11-dev libcurl4-openssl-dev libssl-dev libspdlog-dev prometheus-cpp-dev
  libcivetweb-dev binutils
  python3 python3-jsonschema python3-venv abigail-tools pkg-config debootstrap dpkg-dev file git ca-certificates)

# Go is not among them: Debian 12 has 1.19, and the control plane needs 1.24.
e2e_packages=(maven openjdk-17-jre-headless openssl curl)
command -v kubectl >/dev/null || e2e_packages+=(kubernetes-client)

usage() {
  cat <<'HELP'
usage: tests/run.sh [--quick | --all] [--e2e | --e2e-core] [--only TEXT] [--jobs N] [--fuzz-seconds N]

  --quick           only the format check and the preset dev
  --all             also the presets asan and tsan, a build as a subdirectory, the Python package in fresh environments,
                    Debian packages
  --e2e             also real Cassandra nodes on a real Kubernetes control plane (Go, Maven, Java 17; see tests/e2e)
  --e2e-core        the same, only the cases that each landing must pass
  --only TEXT       only the steps with TEXT in their name
  --jobs N          compilers and tests at once (default: the number of processors)
  --fuzz-seconds N  how long each fuzz target looks for new inputs (default 20)

Logs of the steps are in build/logs/. A step that fails fails the run, after the others have run.
HELP
}

quick=no
all=no
e2e=no
only=
jobs=$(nproc)
fuzz_seconds=20
while (($# > 0)); do
  case "$1" in
    --quick) quick=yes ;;
    --all) all=yes ;;
    --e2e) e2e=all ;;
    --e2e-core) e2e=core ;;
    --only) only=${2:?--only needs a text}; shift ;;
    --jobs) jobs=${2:?--jobs needs a number}; shift ;;
    --fuzz-seconds) fuzz_seconds=${2:?--fuzz-seconds needs a number}; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

# A checkout in another folder finds what was compiled in this one.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

passed=0
failed=0
logs=build/logs
mkdir -p "$logs"

# count_tests LOG: adds what ctest says in it ("98% tests passed, 1 tests failed out of 40").
count_tests() {
  local bad all
  while read -r bad all; do
    failed=$((failed + bad))
    passed=$((passed + all - bad))
  done < <(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests failed out of ([0-9]+)$/\1 \2/p' "$1")
}

# step NAME COMMAND...: runs it with its output in a log; shows the end of the log when it fails.
step() {
  local name=$1 start=$SECONDS result=0 log
  shift
  [[ "$name" == *"$only"* ]] || return 0
  log="$logs/${name// /-}.log"
  printf '== %s\n' "$name"
  # In the background, because `set -e` does not count inside a command that is tested.
  (set -euo pipefail; "$@") >"$log" 2>&1 &
  wait $! || result=$?
  count_tests "$log"
  if ((result == 0)); then
    passed=$((passed + 1))
    printf '   ok, %d s\n' $((SECONDS - start))
  else
    failed=$((failed + 1))
    tail -n 60 "$log"
    printf '   FAILED (exit %d), %d s; all of it: %s\n' "$result" $((SECONDS - start)) "$log"
  fi
}

# ---- steps

packages_are_there() {
  command -v dpkg-query >/dev/null || { echo "no Debian: make sure that there is ${packages[*]}"; return 0; }
  local missing=() package
  if [[ $e2e != no ]]; then packages+=("${e2e_packages[@]}"); fi
  for package in "${packages[@]}"; do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)); then
    echo "missing packages; install them as root:  apt-get install ${missing[*]}"
    return 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"
}

our_files() {
  find include lib capi examples tests benchmarks \( -name '*.cc' -o -name '*.h' -o -name '*.c' -o -name '*.hpp' \) -print0
}

format_is_right() { our_files | xargs -0 clang-format-14 --dry-run -Werror; }

configure() {
  local preset=$1
  shift
  cmake --preset "$preset" "$@"
}
build() {
  local preset=$1
  shift
  cmake --build --preset "$preset" -j "$jobs" "$@"
}
run_tests() {
  local folder=$1
  shift
  ctest --test-dir "build/$folder" --output-on-failure --no-tests=error -j "$jobs" "$@"
}

preset_dev() {
  configure dev
  build dev
  run_tests dev
}

# Names of the targets of a build that match a pattern, if there are any.
targets() { ninja -C "build/$1" -t targets all | sed -nE "s/^($2): phony$/\1/p" | sort -u; }

preset_clang() {
  configure clang -DCASSPLAN_BUILD_BENCHMARKS=OFF
  local names
  mapfile -t names < <(targets clang 'cassplan|planner_test|verify_test|golden_test|report_test')
  build clang --target "${names[@]}"
  run_tests clang -R '^(planner_test|verify_test|golden.*|report_test|cli_test)$'
}

# The options that name the observation of a cluster.
observation_of() {
  local folder
  folder=$(dirname "$1")
  if [[ -d "$folder/observed" ]]; then
    echo "--observed $folder/observed"
  elif [[ -f "$folder/observed.json" ]]; then
    echo "--observed $folder/observed.json"
  elif [[ -f "$folder/kubernetes.json" ]]; then
    echo "--observed $folder"
  else
    echo "--new-cluster --now 2026-11-22T23:00:00Z"
  fi
}

# Both compilers must give the same bytes.
compilers_agree() {
  local compared=0 desired compiler observation
  for desired in examples/clusters/*/desired.yaml tests/data/kubernetes/*/cluster.yaml; do
    [[ -f "$desired" ]] || continue
    read -ra observation < <(observation_of "$desired")
    for compiler in dev clang; do
      # 4 and 5 are plans, too: blocked, refused.
      "build/$compiler/examples/cli/cassplan" plan --desired "$desired" "${observation[@]}" --format json \
        --output "$logs/plan-$compiler.json" || (($? > 3))
    done
    cmp "$logs/plan-dev.json" "$logs/plan-clang.json" || { echo "$desired: g++ and clang differ"; return 1; }
    compared=$((compared + 1))
  done
  echo "$compared plans are equal"
  ((compared > 0))
}

preset_asan() {
  configure asan
  build asan
  run_tests asan
}

preset_fuzz() {
  # Coverage is what libFuzzer goes by; it must be in the libraries, too.
  configure fuzz -DCASSPLAN_SANITIZE=address,undefined,fuzzer-no-link
  local names
  mapfile -t names < <(targets fuzz '[a-z]+_fuzz')
  ((${#names[@]} > 0))
  build fuzz --target "${names[@]}"
}

fuzz() {
  local name=$1 found="build/fuzz/found/$1"
  mkdir -p "$found" build/fuzz/crashes
  "build/fuzz/tests/fuzz/${name}_fuzz" -max_total_time="$fuzz_seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/crashes/ "$found" "tests/fuzz/corpus/$name"
}

# The C API with eight threads in it.
preset_tsan() {
  configure tsan
  build tsan --target cassplan capi_test capi_threads_test capi_wrapper_test executors_test
  run_tests tsan -R '^(make_requests|capi_threads_test|executors_test)$'
}

debian_packages() { tests/packages.sh build/dev build/dev/tests/capi/requests/adopt-02-image.request.json; }

# As a part of somebody's own build.
subdirectory() { python3 tests/consumer/consumer_test.py build/dev build/dev/tests/capi/requests subdirectory; }

python_package() { tests/python.sh build/dev/tests/capi/requests; }

quickstart_runs() { examples/quickstart.sh; }

readme_is_true() { python3 tests/readme_test.py build/quickstart/examples/cli/cassplan; }

# Where it cannot run it says why, and that is no failure.
end_to_end() {
  local result=0 cases=()
  if [[ $e2e == core ]]; then cases=(--core); fi
  tests/e2e/run build/dev "${cases[@]}" || result=$?
  ((result == 0 || result == 77))
}

# ---- the run

step packages packages_are_there
step format format_is_right
step "preset dev" preset_dev
if [[ $quick == no ]]; then
  step "preset clang" preset_clang
  step "g++ and clang agree" compilers_agree
  step quickstart quickstart_runs
  step readme readme_is_true
  step "preset fuzz" preset_fuzz
  for target in tests/fuzz/*_fuzz.cc; do
    name=$(basename "$target" _fuzz.cc)
    step "fuzz $name" fuzz "$name"
  done
fi
if [[ $all == yes ]]; then
  step "preset asan" preset_asan
  step "preset tsan" preset_tsan
  step add_subdirectory subdirectory
  step python python_package
  step "debian packages" debian_packages
fi

if [[ $e2e != no ]]; then
  step e2e end_to_end
  grep -hE '^(ok |SKIPPED)' "$logs/e2e.log" 2>/dev/null || true
fi

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))

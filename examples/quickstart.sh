#!/usr/bin/env bash
# From a fresh Debian 12 to a first plan: installs what is missing, builds the cassplan command and nothing else, and
# plans one of examples/clusters/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(cmake ninja-build g++ libabsl-dev libprotobuf-dev protobuf-compiler nlohmann-json3-dev libyaml-cpp-dev
  libcli11-dev)
build=build/quickstart

install_missing() {
  command -v dpkg-query >/dev/null || return 0
  local missing=() package
  for package in "${packages[@]}"; do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)); then
    echo "missing packages; install them as root:  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

find_cluster() {
  local folder
  for folder in examples/clusters/rolling-update examples/clusters/*/; do
    if [[ -f "${folder%/}/desired.yaml" ]]; then
      echo "${folder%/}"
      return
    fi
  done
  echo "no cluster in examples/clusters/" >&2
  return 1
}

install_missing
cluster=$(find_cluster)
echo "building the cassplan command in $build (some minutes)"
cmake --preset release -B "$build" --log-level=WARNING -DCASSPLAN_BUILD_TESTS=OFF -DCASSPLAN_BUILD_BENCHMARKS=OFF -DCASSPLAN_BUILD_OPERATOR=OFF >/dev/null
NINJA_STATUS="[%f/%t] " cmake --build "$build" --target cassplan

observed="$cluster/observed"
[[ -d "$observed" ]] || observed="$cluster/observed.json"
command=("$build/examples/cli/cassplan" plan --desired "$cluster/desired.yaml" --observed "$observed")
printf '\n$ %s\n' "${command[*]}"
# A plan that is blocked or refused (4, 5) is worth reading too.
result=0
"${command[@]}" || result=$?
((result == 0 || result == 4 || result == 5)) || exit "$result"
printf '\nWhat this cluster is about: %s/story.md\n' "$cluster"

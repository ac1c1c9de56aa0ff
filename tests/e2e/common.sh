# Shared by up, down and run; not run by itself. Settings (all have defaults):
#   CASSPLAN_E2E_CACHE  what is built and fetched once            ~/.cache/cassplan-e2e
#   CASSPLAN_E2E_STATE  certificates, etcd, logs, pids            $CASSPLAN_E2E_CACHE/state
#   CASSPLAN_E2E_IP     the control plane's loopback address      127.0.77.1
#   CASSPLAN_E2E_PODS   first two numbers of the Pods' addresses  127.100
#   CASSPLAN_E2E_NODES  Cassandra nodes at once                   5
# A second bed beside the first needs another STATE, IP and PODS.
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CASSPLAN_E2E_CACHE:-$HOME/.cache/cassplan-e2e}
state=${CASSPLAN_E2E_STATE:-$cache/state}
ip=${CASSPLAN_E2E_IP:-127.0.77.1}
pods=${CASSPLAN_E2E_PODS:-127.100}
nodes=${CASSPLAN_E2E_NODES:-5}
pids=$state/pids
logs=$state/logs
pki=$state/pki
kubeconfig=$state/admin.kubeconfig

began=$(date +%s%N)
say() {
  local tenths=$((($(date +%s%N) - began) / 100000000))
  printf 'e2e: %4d.%d s: %s\n' $((tenths / 10)) $((tenths % 10)) "$*" >&2
}
die() { printf 'e2e: %s\n' "$*" >&2; exit 1; }

start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# started NAME: does it run, as the very process that `up` started?
started() {
  local pid at
  [[ -f $pids/$1 ]] || return 1
  read -r pid at <"$pids/$1"
  [[ -n $at && $(start_time "$pid") == "$at" ]]
}

# start NAME PROGRAM ARGS...: in the background, unless it runs; remembers pid and start time.
start() {
  local name=$1
  shift
  started "$name" && return 0
  setsid "$@" >"$logs/$name.log" 2>&1 </dev/null &
  echo "$! $(start_time $!)" >"$pids/$name"
}

# await NAME SECONDS COMMAND...: until COMMAND succeeds while NAME runs.
await() {
  local name=$1 end=$(($(date +%s) + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    started "$name" || { tail -n 20 "$logs/$name.log" >&2; die "$name ended; see $logs/$name.log"; }
    (($(date +%s) < end)) || { tail -n 20 "$logs/$name.log" >&2; die "$name is not ready in time; see $logs/$name.log"; }
    sleep 0.1
  done
}

# stop SECONDS NAMES...: asks them all to end, waits, kills what is left after SECONDS.
stop() {
  local tenths=$(($1 * 10)) name pid at i
  shift
  for name in "$@"; do
    if started "$name"; then read -r pid at <"$pids/$name"; kill -TERM "$pid" 2>/dev/null || true; fi
  done
  for name in "$@"; do
    for ((i = 0; i < tenths; i++)); do
      started "$name" || break
      sleep 0.1
    done
    if started "$name"; then read -r pid at <"$pids/$name"; kill -KILL "$pid" 2>/dev/null || true; fi
    rm -f "$pids/$name"
  done
}

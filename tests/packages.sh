#!/usr/bin/env bash
# The Debian packages: made by CPack, installed into a fresh Debian of their own, and used there: the command runs, a C
# program is compiled against the library with pkg-config and plans. Needs root and a mirror; says so when it skips.
#
# usage: tests/packages.sh BUILD REQUEST.json
set -euo pipefail
build=$(realpath "${1:?usage: tests/packages.sh BUILD REQUEST.json}")
request=$(realpath "${2:?usage: tests/packages.sh BUILD REQUEST.json}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out=$build/packages
rm -rf "$out"
(cd "$build" && cpack -G DEB -B "$out" >/dev/null)
rm -rf "$out/_CPack_Packages"
ls -l "$out"
for package in "$out"/*.deb; do
  dpkg-deb --field "$package" Package Version Architecture Depends
done
# Files are where they belong: the library without its namelink, headers only in -dev.
has() {  # PACKAGE PATTERN
  local files
  files=$(dpkg-deb --contents "$out"/"$1"_*.deb | awk '{print $6}')
  grep -Eq "$2" <<<"$files"
}
has libcassplan0 '/libcassplan\.so\.0$'
if has libcassplan0 '\.so$|include/'; then echo "libcassplan0 has what belongs into -dev"; exit 1; fi
has libcassplan-dev 'include/cassplan/cassplan.h$'
has cassplan 'bin/cassplan$'

if ((EUID != 0)) || ! command -v debootstrap >/dev/null; then
  echo "SKIPPED: installing them needs root and debootstrap"
  exit 0
fi
tree=$(mktemp -d)
# The tree is left alone while anything is mounted in it.
finish() { if ! grep -q " $tree" /proc/mounts; then rm -rf --one-file-system "$tree"; fi; }
trap finish EXIT
mirror=$(sed -nE 's/^(deb|URIs:)( \[[^]]*\])? (https?:[^ ]+).*/\3/p' /etc/apt/sources.list /etc/apt/sources.list.d/* \
  2>/dev/null | sed '/security/d;2,$d' || true)
debootstrap --variant=minbase bookworm "$tree" "${mirror:-http://deb.debian.org/debian}" >"$out/debootstrap.log" 2>&1 ||
  { tail "$out/debootstrap.log"; exit 1; }
cp "$out"/*.deb "$tree/tmp/"
cp "$request" "$tree/tmp/request.json"
cp examples/c/plan_file.c "$tree/tmp/"
cp /etc/resolv.conf "$tree/etc/resolv.conf" 2>/dev/null || true
[[ -d /etc/apt/apt.conf.d ]] && cp -n /etc/apt/apt.conf.d/*proxy* "$tree/etc/apt/apt.conf.d/" 2>/dev/null || true
chroot "$tree" /bin/sh -eu <<'INSIDE'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends /tmp/*.deb gcc libc6-dev pkg-config >/tmp/apt.log 2>&1 || { tail /tmp/apt.log; exit 1; }
cassplan version
cc -std=c99 /tmp/plan_file.c -o /tmp/plan_file $(pkg-config --cflags --libs cassplan)
/tmp/plan_file --json /tmp/request.json >/tmp/c.json
cassplan plan --request /tmp/request.json --format json >/tmp/cpp.json
cmp /tmp/c.json /tmp/cpp.json
apt-get purge -qq -y cassplan libcassplan-dev libcassplan0 >/dev/null
if find /usr -name '*cassplan*' -not -path '*/doc/*' | grep .; then echo "left behind"; exit 1; fi
INSIDE
echo "installed, used and removed"

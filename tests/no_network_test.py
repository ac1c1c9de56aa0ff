#!/usr/bin/env python3
"""The cassplan command cannot reach a network: it links no such library and calls no such function.

usage: no_network_test.py BINARY
"""
import re
import subprocess
import sys

LIBRARIES = re.compile(r"curl|ssl|crypto|gnutls|nghttp|krb5|resolv|nss|ssh|grpc|cares|uv\b|event|zmq|cassandra|systemd")
FUNCTIONS = {
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "send", "sendto", "sendmsg", "sendmmsg",
    "recv", "recvfrom", "recvmsg", "recvmmsg", "getaddrinfo", "getnameinfo", "gethostbyname", "gethostbyname_r",
    "gethostbyaddr", "res_query", "res_search", "if_nametoindex",
    # Nothing else may act in its place either.
    "system", "popen", "posix_spawn", "posix_spawnp", "execve", "execv", "execvp", "execl", "execlp", "fork", "vfork",
    "dlopen",
}
# What the libraries of Debian 12 that we link are linked with.
RUNTIME = ("libprotobuf.so", "libyaml-cpp.so", "libabsl_", "libstdc++.so", "libm.so", "libgcc_s.so", "libc.so",
           "libz.so", "ld-linux", "linux-vdso", "libasan.so", "libubsan.so", "libtsan.so", "libpthread.so", "libdl.so",
           "librt.so")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def offences(binary):
    for line in output("ldd", binary).splitlines():
        name = line.split()[0].rsplit("/", 1)[-1] if line.split() else ""
        if LIBRARIES.search(name) or not name.startswith(RUNTIME):
            yield f"{binary}: links {line.strip()}"
    for line in output("nm", "-D", "--undefined-only", binary).splitlines():
        name = line.split()[-1].split("@")[0]
        if name in FUNCTIONS:
            yield f"{binary}: calls {name}"


def main():
    binary = sys.argv[1]
    found = list(offences(binary))
    if "libasan" in output("ldd", binary) or "__asan_init" in output("nm", "-D", binary):
        # The sanitizers' own runtime is in the program and does what it likes.
        found = [o for o in found if " calls " not in o]
    print("\n".join(found) or f"{binary}: no network, no other programs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Two processes plan the same to the byte: nothing depends on addresses, hash seeds or the environment.

Usage: two_processes_test.py <determinism_test>
"""

import os
import subprocess
import sys


def digest(program, environment):
    result = subprocess.run([program, "--print_digest"], env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{program} ended with {result.returncode}: {result.stderr}")
    return result.stdout.strip()


def main():
    program = sys.argv[1]
    plain = dict(os.environ)
    other = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu", "X": "x" * 5000}
    digests = [digest(program, plain), digest(program, plain), digest(program, other)]
    if len(digests[0]) < 16:
        sys.exit(f"not a digest: {digests[0]!r}")
    if len(set(digests)) != 1:
        sys.exit(f"the processes differ: {digests}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What a pipeline runs before a change of a cluster is merged: plan it, prove the plan, show it, and stop what is not
safe. Reads files only.

    plan_in_ci.py DESIRED OBSERVED [--policy FILE]

Exit codes: 0 nothing to do, or a plan that is safe; 3 the input is wrong; 4 a person is needed; 5 refused.
"""
from __future__ import annotations

import argparse
import sys

import cassplan


def main() -> int:
    parser = argparse.ArgumentParser(description="Plans a change, and says whether it may be merged.")
    parser.add_argument("desired", help="a CassandraCluster, YAML or JSON")
    parser.add_argument("observed", help="the folder of a dump, or a cassplan.v1.Observed")
    parser.add_argument("--policy", default=None)
    arguments = parser.parse_args()
    try:
        request, response = cassplan.plan_files(arguments.desired, arguments.observed, policy=arguments.policy)
    except cassplan.InvalidInput as error:
        print(error, file=sys.stderr)  # file:line:column of everything that is wrong
        return 3
    print(cassplan.render(request, response))
    proof = cassplan.verify(request, response)
    for violation in proof.violations:
        print(f"NOT SAFE: {violation.invariant}: {violation.text}", file=sys.stderr)
    if proof.violations:
        return 1
    return {"invalid": 3, "blocked": 4, "refused": 5}.get(response.outcome, 0)


if __name__ == "__main__":
    sys.exit(main())

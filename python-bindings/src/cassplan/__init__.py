"""cassplan decides what to do to an Apache Cassandra cluster, and shows it before anybody does it.

>>> import cassplan
>>> from cassplan.testing import FakeCluster
>>> cluster = FakeCluster(racks=3, nodes_per_rack=1)
>>> request = cluster.request(revision="B")          # a new template is desired
>>> response = cassplan.plan(request)
>>> response.outcome
'planned'
>>> [action.kind for action in response.ready]
['update_rack', 'update_rack', 'update_rack']
>>> cassplan.verify(request, response).violations    # proven again, by other code
()
"""
from cassplan import model
from cassplan._native import version as _version
from cassplan.errors import (CassplanError, InternalError, InvalidInput, LimitExceeded, PlanBlocked, VersionMismatch)
from cassplan.model import (Action, Desired, Ledger, Observed, Plan, PlanRequest, PlanResponse, Policy, Target,
                            Validation, VerifyResponse)
from cassplan.planner import (capabilities, convert, diff, explain, plan, plan_files, plan_json, read, read_files,
                              render, simulate, validate, verify)

__all__ = [
    "Action", "CassplanError", "Desired", "InternalError", "InvalidInput", "Ledger", "LimitExceeded", "Observed", "Plan",
    "PlanBlocked", "PlanRequest", "PlanResponse", "Policy", "Target", "Validation", "VerifyResponse", "VersionMismatch",
    "capabilities", "convert", "diff", "explain", "model", "plan", "plan_files", "plan_json", "read", "read_files", "render", "simulate", "validate",
    "verify"]

__version__ = _version()

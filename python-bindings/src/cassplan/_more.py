"""What a plan can do beyond holding its fields."""
from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from cassplan.errors import PlanBlocked

if TYPE_CHECKING:
    import pandas
    from cassplan import model

_COLORS = {"converged": "#2e7d32", "in_progress": "#1565c0", "planned": "#1565c0", "blocked": "#b26a00",
           "refused": "#b71c1c", "invalid": "#b71c1c"}


def target_text(target: model.Target | None) -> str:
    """A target for people.

    >>> from cassplan.model import Target
    >>> target_text(Target(datacenter="dc1", rack="r1", ordinal=0))
    'dc1/r1/0'
    """
    if target is None:
        return ""
    ordinal = "" if target.ordinal is None else str(target.ordinal)
    place = "/".join(part for part in (target.datacenter, target.rack, ordinal) if part)
    return place or target.keyspace or target.host_id or target.name


class PlanResponseMore:
    """Methods of PlanResponse."""

    if TYPE_CHECKING:
        outcome: model.Outcome
        plan: model.Plan | None
        summary: str
        held: tuple[model.Held, ...]
        findings: tuple[model.Finding, ...]

    @property
    def actions(self) -> tuple[model.Action, ...]:
        """The actions of the plan, in an order that respects what each requires."""
        return self.plan.actions if self.plan is not None else ()

    @property
    def ready(self) -> tuple[model.Action, ...]:
        """The actions that may start now."""
        return tuple(action for action in self.actions if action.ready)

    def raise_if_blocked(self) -> None:
        """Raises PlanBlocked when a person is needed: outcome blocked, refused or invalid."""
        if self.outcome not in ("blocked", "refused", "invalid"):
            return
        why = [f"{target_text(h.target)}: {h.by[0].text}" for h in self.held if h.by]
        why += [f.message for f in self.findings if f.level == "error"]
        raise PlanBlocked(f"{self.outcome}: {self.summary}" + "".join(f"\n  {line}" for line in why))

    def _rows(self) -> list[dict[str, Any]]:
        rows = []
        for action in self.actions:
            cost = action.cost
            rows.append({
                "id": action.id, "kind": action.kind, "target": target_text(action.target), "ready": action.ready,
                "disrupts": action.disrupts, "reversibility": action.reversibility,
                "seconds_low": cost.seconds_low if cost else 0, "seconds_high": cost.seconds_high if cost else 0,
                "reason": action.reason.text if action.reason else "", "requires": list(action.requires_ids)})
        return rows

    def to_dataframe(self) -> pandas.DataFrame:
        """The actions as a pandas DataFrame, one a row. Needs pandas."""
        import pandas

        return pandas.DataFrame(self._rows(), columns=[
            "id", "kind", "target", "ready", "disrupts", "reversibility", "seconds_low", "seconds_high", "reason",
            "requires"])

    def _repr_html_(self) -> str:
        """For notebooks: the verdict, what is held, the actions."""
        def cell(value: object) -> str:
            return f"<td>{html.escape(str(value))}</td>"

        color = _COLORS.get(self.outcome, "#444")
        out = [f'<div><b style="color:{color}">{html.escape(self.outcome)}</b> {html.escape(self.summary)}']
        if self.held:
            out.append("<table><tr><th>held</th><th>where</th><th>why</th><th>remedy</th></tr>")
            for held in self.held:
                by = held.by[0] if held.by else None
                out.append("<tr>" + cell(held.kind) + cell(target_text(held.target)) + cell(by.text if by else "")
                           + cell(by.remedy if by else "") + "</tr>")
            out.append("</table>")
        if self.actions:
            out.append("<table><tr><th>#</th><th>action</th><th>where</th><th>ready</th><th>why</th></tr>")
            for number, row in enumerate(self._rows()[:200], 1):
                out.append("<tr>" + cell(number) + cell(row["kind"]) + cell(row["target"])
                           + cell("yes" if row["ready"] else "") + cell(row["reason"]) + "</tr>")
            out.append("</table>")
            if len(self.actions) > 200:
                out.append(f"<p>and {len(self.actions) - 200} more</p>")
        return "".join(out) + "</div>"

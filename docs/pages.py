#!/usr/bin/env python3
"""Makes docs/guards/, docs/actions/ and docs/policy.md out of the code, so that they are true.

usage: docs/pages.py [--check]

A guard's page comes from the comment at the top of its file, its line in docs/mutants.md and what it said in the golden
cases. An action's page comes from include/cassplan/v1/common.proto and the first golden plan that has one; the page about
the policy from policy.proto and examples/policy.yaml. --check writes nothing, and fails when a page would change.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
GUARDS = ROOT / "lib/planner/guards"
MOST_EXAMPLES = 6
MADE = "<!-- Made by docs/pages.py; change the code, then run it. -->\n"


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def cases():
    for folder in sorted((ROOT / "tests/golden").iterdir()):
        plan = folder / "plan.json"
        if plan.exists():
            yield folder.name, json.loads(plan.read_text(encoding="utf-8"))


def top_comment(path):
    lines = []
    for line in read(path).splitlines():
        if not line.startswith("//"):
            break
        lines.append(line[2:].strip())
    return " ".join(lines)


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    out += ["| " + " | ".join(cell(c) for c in row) + " |" for row in rows]
    return "\n".join(out) + "\n"


def first_clause(text):
    """Up to the first full stop, semicolon or colon outside brackets."""
    for match in re.finditer(r"[.;:] ", text):
        head = text[:match.start()]
        if head.count("(") == head.count(")"):
            return head
    return text.rstrip(".")


def pattern(text):
    """Equal for texts that differ only in names and numbers."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]+|\S*[/0-9]\S*", "#", text)


def refusals():
    """slug -> [(text, remedy, case)], one for each pattern."""
    out = {}
    seen = set()
    for name, plan in cases():
        for held in plan.get("held", []):
            for by in held.get("by", []):
                key = (by["guard"], pattern(by["text"]))
                if key in seen:
                    continue
                seen.add(key)
                out.setdefault(by["guard"], []).append((by["text"], by.get("remedy", ""), name))
    return out


def slugs():
    return re.findall(r'^    \{"([a-z-]+)", Check', read("lib/planner/guards/guards.cc"), re.M)


def mutant_rows():
    rows = {}
    for slug, case, caught in re.findall(r"^\| `([a-z-]+)` \| (.*?) \| (.*?) \|$", read("docs/mutants.md"), re.M):
        rows.setdefault(slug, []).append((case, caught))
    return rows


def guard_page(slug, said, mutants):
    file = slug.replace("-", "_")
    comment = top_comment(f"lib/planner/guards/{file}.cc")
    text = comment.split(":", 1)[1].strip()
    out = [f"# {slug}\n", MADE, text[0].upper() + text[1:] + "\n"]
    if said:
        out.append("## What it says\n\nFrom the [golden cases](../../tests/golden/README.md).\n")
        rows = [(text, remedy, f"[{name}](../../tests/golden/{name}/plan.txt)") for text, remedy, name in said]
        out.append(table(["what is in the way", "what releases it", "case"], rows[:MOST_EXAMPLES]))
    if mutants:
        out.append("## Without it\n\nWhat goes wrong, and what catches it ([mutants](../mutants.md)).\n")
        out.append(table(["case", "caught by"], mutants))
    out.append(f"Code: [{file}.cc](../../lib/planner/guards/{file}.cc), "
               f"test: [{file}_test.cc](../../lib/planner/guards/{file}_test.cc).\n")
    return "\n".join(out)


def window_page():
    """It is no question to a placed action: a time before which a ready one does not start."""
    text = top_comment("lib/planner/windows.h")
    return "\n".join([
        "# window\n", MADE, text + "\n",
        "An action outside its window is in the plan, with the time before which it does not start (`not_before_seconds`) and the "
        "condition `window_open`, which is looked at again just before the start. A waiver of the guard `window` lets one action "
        "start at once. The windows of a policy: [policy.windows](../policy.md#window).\n",
        "An example: [op-window-closed](../../tests/golden/op-window-closed/plan.txt).\n",
        "Code: [windows.cc](../../lib/planner/windows.cc), test: [windows_test.cc](../../lib/planner/windows_test.cc).\n"])


def kinds():
    """(name, comment) of each kind of action."""
    body = re.search(r"enum ActionKind \{(.*?)\n\}", read("include/cassplan/v1/common.proto"), re.S).group(1)
    comment = []
    for line in body.splitlines():
        line = line.strip()
        if line.startswith("//"):
            comment.append(line[2:].strip())
        elif match := re.match(r"ACTION_KIND_(\w+) = \d+;", line):
            if match.group(1) != "UNSPECIFIED":
                yield match.group(1).lower(), " ".join(comment)
            comment = []


def makers(kind):
    name = "Kind::k" + "".join(part.capitalize() for part in kind.split("_"))
    files = sorted((ROOT / "lib/planner/procedures").glob("*.cc"))
    return [f for f in files if re.search(rf"{name}\b", f.read_text(encoding="utf-8")) and not f.name.endswith("_test.cc")]


def conditions(title, given):
    if not given:
        return ""
    rows = [(f"`{c['fact']}`", c.get("value", ""), f"{c['max_age_seconds']} s" if "max_age_seconds" in c else "")
            for c in given]
    return f"{title}:\n\n" + table(["fact", "value", "evidence not older than"], rows)


def example(name, action):
    target = action.get("target", {})
    where = "/".join(str(target[k]) for k in ("datacenter", "rack", "ordinal") if k in target)
    where = where or target.get("keyspace", "") or target.get("name", "") or "the cluster"
    out = [f"## An example\n\nFrom [{name}](../../tests/golden/{name}/plan.txt), about {where}: "
           f"{action.get('reason', {}).get('text', '')}.\n"]
    rows = [("by hand", f"`{action['manual']}`" if action.get("manual") else ""), ("to see that it worked", action.get("verify", "")),
            ("way back", action.get("way_back", "")), ("reversible", action.get("reversibility", "").replace("_", " ")),
            ("time-out", f"{action['timeout_seconds']} s" if "timeout_seconds" in action else "")]
    out.append(table(["", ""], [r for r in rows if r[1]]))
    out.append(conditions("Before the start, on a fresh observation", action.get("preconditions", [])))
    out.append(conditions("Done when", action.get("done_when", [])))
    out.append(conditions("Given up when", action.get("abort_when", [])))
    return "\n".join(part for part in out if part)


def action_page(kind, comment, first):
    out = [f"# {kind}\n", MADE, comment + "\n"]
    made = makers(kind)
    if made:
        links = ", ".join(f"[{f.stem}](../../lib/planner/procedures/{f.name})" for f in made)
        out.append(f"Made by the procedures {links}.\n")
    else:
        out.append("No procedure of this version makes it.\n")
    if first:
        out.append(example(*first))
    return "\n".join(out)


def messages(proto):
    """(kind, name, comment, [(field, type, comment)]) of each message and enum."""
    comment, out, current = [], [], None
    for line in read(proto).splitlines():
        text = line.strip()
        if text.startswith("//"):
            comment.append(text[2:].strip())
        elif match := re.match(r"(message|enum) (\w+) \{", text):
            current = (match.group(1), match.group(2), " ".join(comment), [])
            out.append(current)
            comment = []
        elif match := re.match(r"(?:(optional|repeated) )?(?:([\w.]+) )?(\w+) = \d+;(?:\s*// (.*))?", text):
            label, kind, name, tail = match.groups()
            what = f"list of {kind}" if label == "repeated" else kind or ""
            current[3].append((name, what, " ".join(comment + ([tail] if tail else []))))
            comment = []
        elif not text:
            comment = []
    return out


def plain(kind):
    for word, text in (("int32", "integer"), ("int64", "integer"), ("bool", "true or false"), ("string", "text")):
        kind = re.sub(rf"\b{word}\b", text, kind)
    return re.sub(r"\b([A-Z]\w+)\b", lambda m: f"[{m.group(1)}](#{m.group(1).lower()})" if m.group(1) in LINKED else
                  m.group(1), kind)


LINKED = set()


def policy_page():
    listed = messages("include/cassplan/v1/policy.proto")
    LINKED.update(name for _, name, _, _ in listed)
    out = ["# Policy\n", MADE, "What a plan may do, how wide, and what counts as enough evidence: a YAML or JSON file for "
           "`cassplan plan --policy`, or `spec.policy` of a CassandraCluster. Every setting has a default, and a setting that "
           "does not exist is refused with its place. Kinds of actions are those of [actions](actions/README.md); times are "
           "seconds, sizes are bytes.\n", "```yaml\n" + read("examples/policy.yaml") + "```\n"]
    for kind, name, comment, fields in listed:
        out.append(f"## {name}\n")
        if comment and name != "Policy":
            out.append(comment + "\n")
        if kind == "enum":
            prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper() + "_"
            out.append(table(["value", "meaning"], [(f"`{f.removeprefix(prefix).lower()}`", c) for f, _, c in fields
                                                    if not f.endswith("UNSPECIFIED")]))
        else:
            out.append(table(["setting", "type", "meaning"], [(f"`{f}`", plain(t), c) for f, t, c in fields]))
    return "\n".join(out)


def pages():
    said, mutants = refusals(), mutant_rows()
    out = {}
    rows = []
    for slug in slugs():
        out[f"docs/guards/{slug}.md"] = guard_page(slug, said.get(slug, []), mutants.get(slug, []))
        text = top_comment(f"lib/planner/guards/{slug.replace('-', '_')}.cc").split(":", 1)[1].strip()
        rows.append((f"[{slug}]({slug}.md)", first_clause(text)))
    out["docs/guards/window.md"] = window_page()
    rows.append(("[window](window.md)", first_clause(top_comment("lib/planner/windows.h").split(":", 1)[1].strip())))
    out["docs/guards/README.md"] = "\n".join(
        ["# Guards\n", MADE, "A guard is one question that is asked of every action before it is placed in a plan. In this "
         "order, the cheap and final ones first.\n", table(["guard", "what it is about"], rows)])
    first = {}
    for name, plan in cases():
        for action in plan.get("plan", {}).get("actions", []):
            first.setdefault(action["kind"], (name, action))
    rows = []
    for kind, comment in kinds():
        out[f"docs/actions/{kind}.md"] = action_page(kind, comment, first.get(kind))
        rows.append((f"[{kind}]({kind}.md)", comment.split(". ")[0].rstrip("."), "yes" if makers(kind) else "no"))
    out["docs/actions/README.md"] = "\n".join(
        ["# Actions\n", MADE, "The closed set of kinds that a plan may contain.\n", table(["kind", "what it does", "planned"], rows)])
    out["docs/policy.md"] = policy_page()
    return out


def main():
    check = "--check" in sys.argv[1:]
    wanted = pages()
    stale = []
    there = {str(p.relative_to(ROOT)) for d in ("guards", "actions") for p in (ROOT / "docs" / d).glob("*.md")}
    for name, text in wanted.items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in sorted(there - set(wanted)):
        stale.append(name)
        if not check:
            (ROOT / name).unlink()
    if check and stale:
        sys.exit("these pages are not what the code says; run docs/pages.py:\n" + "\n".join(stale))
    print(f"{len(wanted)} pages" + ("" if check else f", {len(stale)} written"))


if __name__ == "__main__":
    main()

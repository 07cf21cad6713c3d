"""The red team's cases: replies written without sight of the rules, each with the codes that it violates.

`datasets/red_team` has a file a language, in the format of `drafter check` with labels. The first 27 cases of each
language are the open half, for whoever works on the guardrails; the rest is the held half: for figures only.
"""

from __future__ import annotations

from evals import lines
from evals.cases import DATASETS
from evals.reply_cases import CheckDataset, ReplyCase

RED_TEAM = "red_team"  # the dataset's name
_LAST_OPEN = 27  # number in an id like `rt-de-027`


def red_team_dataset() -> CheckDataset:
    """Return all cases, of whatever language, tagged `half:open` or `half:held`; every code is judged."""
    files = sorted((DATASETS / RED_TEAM).glob("*.jsonl"))
    return CheckDataset(name=RED_TEAM, cases=[_tagged(case) for file in files for case in lines.load_replies(file)])


def _tagged(case: ReplyCase) -> ReplyCase:
    if case.name is None or case.metadata is None:
        raise ValueError("a case of the red team needs an id and labels")
    half = "open" if int(case.name.rpartition("-")[2]) <= _LAST_OPEN else "held"
    expected = case.metadata.with_changes(tags=(*case.metadata.tags, f"half:{half}"))
    return ReplyCase(name=case.name, inputs=case.inputs, metadata=expected)

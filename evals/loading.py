"""Any dataset by its name or path: shipped YAML, a file of your own, cases of the guardrails, or JSON Lines."""

from __future__ import annotations

from pathlib import Path

from evals import cases, lines
from evals.cases import EvalDataset
from evals.red_team import RED_TEAM, red_team_dataset
from evals.reply_cases import GUARDRAILS, CheckDataset, guardrail_dataset

AnyDataset = EvalDataset | CheckDataset


def load(name_or_path: str) -> AnyDataset:
    """Return a dataset of reviews (`EvalDataset`) or of replies (`CheckDataset`).

    Args:
        name_or_path: a shipped name (`replies`, `guardrails`, `red_team`), a YAML file or folder, or a file in the
            format of the batch commands (`.jsonl`), with labels.

    Raises:
        BadInput: there is no such dataset, or something in it is wrong; the message says what.
    """
    if name_or_path == GUARDRAILS:
        return guardrail_dataset()
    if name_or_path == RED_TEAM:
        return red_team_dataset()
    if Path(name_or_path).suffix == ".jsonl":
        return lines.load(Path(name_or_path))
    return cases.load(name_or_path)


def names() -> list[str]:
    """Return the names of all shipped datasets."""
    return sorted([GUARDRAILS, RED_TEAM, *cases.shipped()])

"""The scripted model as a judge: a reply without a fault, or the faults that it is told, in the form asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from drafter.domain.finding import CODES
from drafter.testing.chat import Answer, ChatRequest, called, said

_PART = re.compile(r"<(public_reply|private_message)>\n(.*?)\n</\1>", re.DOTALL)


def is_judging(request: ChatRequest) -> bool:
    """Whether the prompt asks which codes a reply breaks."""
    messages = request.body.get("messages") or [{}]
    return str(messages[0].get("content") or "").startswith(_opening())


def passage(code: str, quote: str, *, part: str = "public", sure: bool = True) -> dict[str, Any]:
    """Return a finding as a judge would answer it."""
    return {"quote": quote, "reason": f"These words are {code}.", "code": code, "part": part, "sure": sure}


def judged(request: ChatRequest, *findings: Mapping[str, Any], cleared: Sequence[str] | None = None) -> Answer:
    """Return a judgement with these findings: as a tool call, as JSON, or as lines.

    Args:
        request: that it answers.
        findings: as `passage` makes them.
        cleared: codes; all that no finding names where none are given.
    """
    named = {finding["code"] for finding in findings}
    clear = [code for code in CODES if code not in named] if cleared is None else list(cleared)
    fields = json.dumps({"findings": list(findings), "cleared": clear}, ensure_ascii=False)
    if request.tool is not None:
        return called(request, fields)
    if request.wants_json:
        return said(request, fields)
    lines = [f"finding: {' | '.join(_columns(finding))}" for finding in findings]
    return said(request, "\n".join([*lines, f"cleared: {', '.join(clear) or 'none'}"]))


def texts_of(request: ChatRequest) -> dict[str, str]:
    """Return the parts of the reply that stand in the prompt, by the names of their fences."""
    messages = request.body.get("messages") or [{}]
    return {found[1]: found[2] for found in _PART.finditer(str(messages[-1].get("content") or ""))}


def _columns(finding: Mapping[str, Any]) -> list[str]:
    sure = "sure" if finding["sure"] else "unsure"
    return [finding["code"], finding["part"], sure, finding["quote"], finding["reason"]]


@cache
def _opening() -> str:
    return (files("prompts") / "judge_codes" / "system.md").read_text(encoding="utf-8").partition("\n")[0]

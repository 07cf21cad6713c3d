"""A scripted judge behind `drafter.testing.ModelServer`: it knows the labels, and is as biased as it is told to be.

It shows that the machinery finds what was planted. Of how well any model judges, it says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from drafter.testing import Answer, ChatRequest
from drafter.testing.chat import called, said
from evals.judging.judge import PAIR_PROMPT
from evals.judging.pairs import LabelledPair
from evals.judging.rubric import Quality
from evals.judging.shown import Shown
from prompts.prompt import Prompt

_FENCED = re.compile(r"^<(public_reply(?:_[ab])?)>\n(.*?)\n</\1>$", re.MULTILINE | re.DOTALL)
_WORDS_QUOTED = 6


class ScriptedJudge:
    """Answers as a judge would that has the labels in its hand."""

    def __init__(self, pairs: Iterable[LabelledPair], *, towards_first: float = 0.0) -> None:
        """Make a judge.

        Args:
            pairs: whose labels it knows.
            towards_first: share of its verdicts, 0 to 1, that go to what is shown first, whatever it is.
        """
        self._towards_first = towards_first
        self._verdicts: dict[tuple[str, str], tuple[str, Quality]] = {}
        self._scores: dict[str, tuple[Quality, int]] = {}
        for pair in pairs:
            self._learn(pair)

    def __call__(self, request: ChatRequest) -> Answer:
        """Return the answer to a request, in the form that it asks for."""
        texts = dict(_FENCED.findall(request.text))
        fields = self._one(texts["public_reply"]) if "public_reply" in texts else self._two(request, texts)
        return answered(request, fields)

    def _learn(self, pair: LabelledPair) -> None:
        first, second = _texts(pair)
        letters = {"first": ("A", "B"), "second": ("B", "A"), "tie": ("tie", "tie")}[pair.better]
        self._verdicts[first, second] = (letters[0], pair.quality)
        self._verdicts[second, first] = (letters[1], pair.quality)
        for side, text in (("first", first), ("second", second)):
            self._scores[text] = (pair.quality, 4 if pair.better == "tie" else 5 if pair.better == side else 2)

    def _one(self, text: str) -> dict[str, Any]:
        decisive, score = self._scores.get(text, (Quality.TONE, 3))
        return marks(text, {quality: score if quality is decisive else 3 for quality in Quality})

    def _two(self, request: ChatRequest, texts: Mapping[str, str]) -> dict[str, Any]:
        a, b = texts["public_reply_a"], texts["public_reply_b"]
        letter, quality = self._verdicts.get((a, b), ("tie", Quality.TONE))
        if int(request.conversation[:8], 16) / 2**32 < self._towards_first:
            letter = "A"
        return {"quote": _quote(b if letter == "B" else a), "reason": "Scripted.", "quality": quality, "better": letter}


def marks(text: str, scores: Mapping[Quality, int]) -> dict[str, Any]:
    """Return the fields of a judgement whose quotes stand in a text."""
    return {
        quality.value: {"quote": _quote(text), "reason": "Scripted.", "score": score}
        for quality, score in scores.items()
    }


def answered(request: ChatRequest, fields: Mapping[str, Any]) -> Answer:
    """Return fields in the form that a request asks for."""
    text = json.dumps(fields, ensure_ascii=False)
    return called(request, text) if request.tool is not None else said(request, text)


def _texts(pair: LabelledPair) -> Iterator[str]:
    """Yield the public replies of a pair as a judge sees them."""
    shown = Shown(pair.case, Prompt(PAIR_PROMPT))
    for reply in (pair.first, pair.second):
        yield _FENCED.findall(shown.reply(reply)["public_reply"])[0][1]


def _quote(text: str) -> str:
    return " ".join(text.split()[:_WORDS_QUOTED])

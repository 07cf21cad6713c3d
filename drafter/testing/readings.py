"""The scripted model as a reader: a plain reading of the review in a prompt, in the form that is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from drafter.domain.ports import LanguageIdentifier
from drafter.domain.situation import USUAL_CHANNEL, SituationName
from drafter.domain.text import sentences
from drafter.domain.yaml_files import parsed
from drafter.testing.chat import Answer, ChatRequest, called, said

_REVIEW = re.compile(r"<review>\n(.*?)\n</review>\s*\Z", re.DOTALL)
_STARS = re.compile(r"^Stars: ([1-5]) of 5$", re.MULTILINE)
_MARK = re.compile(r"\[[A-Z]+(?:_[A-Z0-9]+)*\]")
_CONTENT = 4  # stars from which a review without telling words is taken for praise


def is_reading(request: ChatRequest) -> bool:
    """Whether the prompt asks what a review is about, and not for a reply to it."""
    messages = request.body.get("messages") or [{}]
    return str(messages[0].get("content") or "").startswith(_opening())


def read(request: ChatRequest, **changes: object) -> Answer:
    """Return a reading of the prompt's review, with the named fields replaced."""
    return reading_said(request, {**fields_of(request), **changes})


def reading_said(request: ChatRequest, fields: Mapping[str, Any]) -> Answer:
    """Return a reading with these fields: as a tool call, as JSON, or as lines."""
    if request.tool is not None:
        return called(request, json.dumps(fields, ensure_ascii=False))
    if request.wants_json:
        return said(request, json.dumps(fields, ensure_ascii=False))
    return said(request, "\n".join(_lines(fields)))


def fields_of(request: ChatRequest) -> dict[str, Any]:
    """Return what the scripted model makes of the review that stands last in the prompt."""
    shown = _REVIEW.search(request.text)
    review = shown[1] if shown else ""
    stars = _STARS.search(request.text)
    situation = _situation(review.casefold(), int(stars[1]) if stars else None)
    moods = {SituationName.POSITIVE: "positive", SituationName.OTHER: "neutral"}
    return {
        "details": _details(review),
        "situation": situation.value,
        "secondary": [],
        "language": _languages().identify(review),
        "sentiment": moods.get(situation, "negative"),
        "channel": USUAL_CHANNEL[situation].value,
        "legal_threat": False,
        "flags": [],
        "confidence": 0.9,
    }


def _situation(review: str, stars: int | None) -> SituationName:
    for name, words in _words().items():
        if any(word in review for word in words):
            return SituationName(name)
    if stars is None or stars == _CONTENT - 1:
        return SituationName.OTHER
    return SituationName.POSITIVE if stars >= _CONTENT else SituationName.QUALITY


def _details(review: str) -> list[str]:
    """Return the first sentence that can be quoted whole."""
    said_first = (span.of(review).rstrip(".!?。") for span in sentences(review))
    return [words for words in said_first if len(words.split()) <= 15 and not _MARK.search(words)][:1]


@cache
def _languages() -> LanguageIdentifier:
    from drafter.languages import Languages  # noqa: PLC0415  # large, and only a reading needs it

    return Languages()


def _lines(fields: Mapping[str, Any]) -> list[str]:
    lines = [f"detail: {detail}" for detail in fields["details"]]
    for name, value in fields.items():
        if name != "details":
            told = ", ".join(map(str, value)) or "none" if isinstance(value, list) else value
            lines.append(f"{name}: {('yes' if told else 'no') if isinstance(told, bool) else told}")
    return lines


@cache
def _words() -> Mapping[str, list[str]]:
    text = (files("drafter.testing") / "readings.yaml").read_text(encoding="utf-8")
    return dict(parsed(text))


@cache
def _opening() -> str:
    return (files("prompts") / "read_situation" / "system.md").read_text(encoding="utf-8").partition("\n")[0]

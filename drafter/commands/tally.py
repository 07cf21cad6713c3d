"""Tally: who wrote the drafts of a batch, why not the writer that was asked first, and what the models took."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from drafter import amounts
from drafter.domain.case import Prepared
from drafter.domain.draft import Usage
from drafter.domain.judging import Verdict, is_writing
from drafter.domain.reading import parted
from drafter.domain.situation import Route, Situation

MOST = 3  # reasons that are told

_ROUTES = {Route.ESCALATE: "to a person", Route.NO_REPLY: "without a reply"}
_AUTHORS = {"template": "by templates", "llm": "by a model"}
_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")


class ReadingTally:
    """Counts reviews that a model was asked to read; says nothing where none was."""

    def __init__(self) -> None:
        self._asked = 0
        self._unanswered = 0
        self._reasons: Counter[str] = Counter()
        self._usages: list[Usage] = []

    def add(self, situation: Situation) -> None:
        """Count one."""
        tries = parted(situation)[1]
        self._asked += bool(tries)
        self._unanswered += bool(tries) and situation.reader.endswith("embedding")
        self._reasons.update(attempt.reason.rstrip(". ") for attempt in tries if attempt.reason)
        self._usages += [attempt.usage for attempt in tries]

    def told(self) -> str:
        """Return the counts as the end of a sentence."""
        if not self._asked:
            return ""
        by_us = f", {self._unanswered} of them read by the embedded reader all the same" if self._unanswered else ""
        often = "; ".join(f"{reason} ({count} times)" for reason, count in self._reasons.most_common(MOST))
        spent = ", ".join([*amounts.requests(sum(self._usages, Usage())), *filter(None, [amounts.price(self._usages)])])
        return f"; a model was asked about {self._asked}{by_us}; {spent}{f'; faults: {often}' if often else ''}"


class JudgeTally:
    """Counts replies that a model was asked to judge; says nothing where none was."""

    def __init__(self) -> None:
        self._asked = 0
        self._unanswered = 0
        self._reasons: Counter[str] = Counter()
        self._usages: list[Usage] = []

    def add(self, verdict: Verdict) -> None:
        """Count one."""
        self._asked += 1
        self._unanswered += verdict.judgement is None
        self._reasons.update(_NUMBER.sub("0", one.reason.rstrip(". ")) for one in verdict.attempts if one.reason)
        self._usages += [one.usage for one in verdict.attempts]

    def told(self) -> str:
        """Return the counts as the end of a sentence."""
        if not self._asked:
            return ""
        without = f", {self._unanswered} of them without an answer that counts" if self._unanswered else ""
        often = "; ".join(f"{reason} ({count} times)" for reason, count in self._reasons.most_common(MOST))
        spent = ", ".join([*amounts.requests(sum(self._usages, Usage())), *filter(None, [amounts.price(self._usages)])])
        return f"; a model was asked to judge {self._asked}{without}; {spent}{f'; faults: {often}' if often else ''}"


class Tally:
    """Counts drafts."""

    def __init__(self) -> None:
        self._ends: Counter[str] = Counter()
        self._stand_ins = 0
        self._undrafted = 0  # where writers were asked and none gave a draft that passed
        self._reasons: Counter[str] = Counter()
        self._examples: dict[str, str] = {}  # the first reason of each kind: they differ in numbers and times
        self._priced, self._unpriced = Usage(), Usage()

    def add(self, prepared: Prepared) -> None:
        """Count one."""
        if prepared.draft is None:
            self._ends[_ROUTES.get(prepared.route, prepared.route.value)] += 1
            self._undrafted += any(map(is_writing, prepared.attempts))
        else:
            origin = prepared.draft.provenance
            self._ends[f"by {origin.model}" if origin.model else _AUTHORS.get(origin.writer, origin.writer)] += 1
            self._stand_ins += origin.fallback_reason is not None
        if prepared.draft is None or prepared.draft.provenance.fallback_reason is not None:
            for reason in _reasons(prepared):
                kind = _NUMBER.sub("0", reason)
                self._reasons[kind] += 1
                self._examples.setdefault(kind, reason)
        for attempt in prepared.attempts:
            if attempt.usage.cost_usd is None:
                self._unpriced += attempt.usage
            else:
                self._priced += attempt.usage

    def told(self) -> str:
        """Return the counts as the end of a sentence; empty where there is nothing to tell."""
        return "".join(f"; {part}" for part in self._parts())

    def _parts(self) -> Iterator[str]:
        if self._ends:
            yield ", ".join(f"{count} {end}" for end, count in self._ends.most_common())
        if self._stand_ins or self._undrafted:
            fallen = [f"{self._stand_ins} stand-ins"] if self._stand_ins else []
            fallen += [f"{self._undrafted} without a draft that passed the checks"] if self._undrafted else []
            yield f"{', '.join(fallen)}, most often because: " + "; ".join(
                f"{self._examples[kind]} ({count} times)" for kind, count in self._reasons.most_common(MOST)
            )
        usage = self._priced + self._unpriced
        if usage.calls:
            price = amounts.price([self._priced, *([self._unpriced] if self._unpriced.calls else [])])
            yield ", ".join([*amounts.requests(usage), *([price] if price else [])])


def _reasons(prepared: Prepared) -> set[str]:
    """Return why those that were asked gave no draft that passed: for each, how its last try ended."""
    last = {(attempt.writer, attempt.model): attempt for attempt in prepared.attempts if is_writing(attempt)}
    return {
        attempt.reason.rstrip(". ")
        if attempt.reason
        else f"{attempt.model or attempt.writer} was blocked ({', '.join(attempt.codes)})"
        for attempt in last.values()
        if attempt.outcome != "passed"
    }

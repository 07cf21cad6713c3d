"""What the batch commands do with each line: read it, check a reply, or draft one."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

from drafter import pipeline
from drafter.commands import lines
from drafter.commands.lines import Line, Task
from drafter.commands.seen import SeenReviews
from drafter.commands.tally import JudgeTally, ReadingTally, Tally
from drafter.compose import PipelineParts
from drafter.domain.case import Brief, ReplyToCheck
from drafter.domain.ports import Inspector, Judge, Reader
from drafter.domain.shop import Shop
from drafter.domain.situation import Situation
from drafter.readers import suspicion

REMEMBERED = 200  # last replies, in whatever languages, which the next one is not to echo


class ReadTask(NamedTuple):
    """A line whose review has been read."""

    task: Task
    situation: Situation


class Classifying:
    """Reads situations."""

    at_once = 1

    def __init__(self, reader: Reader, shop: Shop) -> None:
        self._reader = reader
        self._shop = shop
        self._seen = SeenReviews()
        self.tally = ReadingTally()

    def recall(self, answer: Line) -> None:
        """Take no note: an answer does not hold the review."""

    def note(self, line: Line) -> None:
        """Remember a line's review, so that later ones which say the same are told."""
        self._seen.add(lines.to_case(line, self._shop))

    async def take(self, line: Line) -> ReadTask:
        """Read a line's situation, and whether earlier lines say the same."""
        task = lines.to_case(line, self._shop)
        situation = await self._reader.read(task.case)
        return ReadTask(task, suspicion.marked(situation, self._seen.likeness(task)))

    async def answer(self, taken: ReadTask) -> Line:
        """Answer a line."""
        self.tally.add(taken.situation)
        return lines.classify_line(taken.task.id, taken.situation)


class Checking:
    """Checks replies, each also against those before it; a judge, where there is one, judges several at a time."""

    def __init__(self, inspector: Inspector, shop: Shop, judge: Judge | None = None, *, calls: int = 1) -> None:
        """Check with these.

        Args:
            inspector: the guardrails.
            shop: that the lines belong to.
            judge: a model's, of every reply; None: nobody judges.
            calls: of the judge, at the same time.
        """
        self._inspector = inspector
        self._shop = shop
        self._judge = judge
        self.at_once = 1 if judge is None else calls
        self.tally = JudgeTally()
        self._remembered: deque[str] = deque(maxlen=REMEMBERED)

    def recall(self, answer: Line) -> None:
        """Take no note: an answer does not hold the reply."""

    def note(self, line: Line) -> None:
        """Take no note: a reply is held against those before it when its turn comes."""

    async def take(self, line: Line) -> tuple[str, ReplyToCheck]:
        """Read a line."""
        return lines.to_reply(line, self._shop)

    async def answer(self, taken: tuple[str, ReplyToCheck]) -> Line:
        """Answer a line."""
        id_, reply = taken
        reply = reply.with_changes(recent_replies=tuple(self._remembered))
        if reply.public_reply:  # before anything is waited for: lines are begun in their order
            self._remembered.append(reply.public_reply)
        findings = await asyncio.to_thread(self._inspector.inspect, reply)
        if self._judge is None:
            return lines.check_line(id_, findings)
        verdict = await self._judge.verdict(reply, findings)
        self.tally.add(verdict)
        return lines.judged_line(id_, verdict)


class DraftingLines:
    """Drafts replies, and counts who wrote them.

    Models are asked for several lines at the same time; a draft then knows the replies that were ready when it was
    begun. Templates alone go one after the other, so that the same lines always become the same drafts.
    """

    def __init__(self, parts: PipelineParts, shop: Shop, *, calls: int) -> None:
        """Draft with these parts.

        Args:
            parts: who reads, writes and checks.
            shop: that the lines belong to.
            calls: of models, at the same time.
        """
        self._parts = parts
        self._shop = shop
        self.at_once = calls if len(parts.writers) > 1 else 1  # the templates are the last writer, or the only one
        self._reading = Classifying(parts.reader, shop)
        self._remembered: deque[str] = deque(maxlen=REMEMBERED)
        self.tally = Tally()

    def recall(self, answer: Line) -> None:
        """Remember a reply that an earlier run wrote."""
        if isinstance(reply := answer.get("public_reply"), str):
            self._remembered.append(reply)

    def note(self, line: Line) -> None:
        """Remember a line's review."""
        self._reading.note(line)

    async def take(self, line: Line) -> ReadTask:
        """Read a line's situation."""
        return await self._reading.take(line)

    async def answer(self, taken: ReadTask) -> Line:
        """Draft a reply to a line."""
        prepared = await pipeline.answer(
            taken.task.case,
            taken.situation,
            writers=self._parts.writers,
            inspector=self._parts.inspector,
            judge=self._parts.judge,
            brief=Brief(recent_replies=tuple(self._remembered)),
            seconds=self._parts.draft_seconds,
        )
        line = lines.draft_line(taken.task.id, prepared)
        self.recall(line)
        self.tally.add(prepared)
        return line

"""The judges: one scores a reply, one says which of two replies is better and is always asked in both orders.

A judgement counts only if each of its quotes stands in what was judged. One that is void or cannot be read is asked for
once more; after that there is no score, but a failure on record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from drafter.domain.case import Case
from drafter.domain.draft import Usage
from drafter.domain.errors import DrafterError, ModelFailed
from drafter.domain.record import Record
from drafter.llm.model import ChatModel
from evals.judging.answers import JudgedPair, JudgedReply
from evals.judging.quotes import stands_in
from evals.judging.rubric import Quality, Rubric
from evals.judging.shown import Reply, Shown
from prompts.library import content_hash
from prompts.prompt import Prompt, Rendered

REPLY_PROMPT = "judge_reply"
PAIR_PROMPT = "judge_pair"
SECONDS = 300.0  # that one judgement may take, with the wait for a free slot
TRIES = 2  # at one judgement
_SHOWN = 60  # characters of a quote that an error tells

Judged = TypeVar("Judged", JudgedReply, JudgedPair)
#: Does a piece of work once for a key and keeps its result, which is plain JSON: `evals.runs.asking.Asking.step`.
Step = Callable[[str, str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
Side = Literal["first", "second"]
Verdict = Literal["first", "second", "tie"]


class NotJudged(DrafterError):
    """A judge gave no judgement that counts; the message says why."""


async def directly(_key: str, _name: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON value
    """Do a piece of work without keeping its result."""
    return await work()


class Preference(Record):
    """Which of two replies a judge prefers, asked in both orders."""

    better: Verdict  # a tie too where the orders disagree
    quality: Quality  # that decided, in the first order
    reason: str
    forward: Verdict  # with the first reply shown first
    backward: Verdict  # with the second reply shown first

    @property
    def agreed(self) -> bool:
        """Whether both orders gave the same verdict."""
        return self.forward == self.backward

    @property
    def follows(self) -> Side | None:
        """The place that won in both orders, whatever stood there; None where the verdict did not follow the place."""
        return {("first", "second"): "first", ("second", "first"): "second"}.get((self.forward, self.backward))  # type: ignore[return-value]


class _Judge:
    """What both judges share: asking, counting, and the check of quotes."""

    prompt_name: str

    def __init__(
        self,
        model: ChatModel,
        rubric: Rubric,
        *,
        identity: Mapping[str, Any] | None = None,
        step: Step = directly,
        concurrency: int = 8,
    ) -> None:
        """Make a judge.

        Args:
            model: that is asked; never in mode `text`.
            rubric: by which it judges.
            identity: all that decides what the model answers, besides the prompt; by default its name.
            step: keeps answers, and counts what they cost.
            concurrency: judgements at the same time; the others wait before their time begins to run.
        """
        self.usage = Usage()  # of all judgements, when they were asked
        self.failed = 0  # judgements that do not count
        self._model = model
        self._rubric = rubric
        self.identity = dict(identity) if identity is not None else {"name": model.name}
        self._step = step
        self._prompt = Prompt(self.prompt_name)
        self._free = asyncio.Semaphore(concurrency)

    @property
    def hash(self) -> str:
        """The hash of the prompt and the rubric."""
        return content_hash([self._prompt.hash, self._rubric.hash])

    async def _judged(self, prompt: Rendered, form: type[Judged], texts: Sequence[str]) -> Judged:
        """Return the judgement. Raises NotJudged."""
        why = ""
        for number in range(1, TRIES + 1):
            given = await self._given(prompt, form, number)
            if "failed" in given:
                why = given["failed"]["message"]
                if not given["failed"]["again"]:
                    break
                continue
            judged = form.model_validate(given["judged"])
            why = _void(judged, texts)
            if not why:
                return judged
        self.failed += 1
        raise NotJudged(why)

    async def _given(self, prompt: Rendered, form: type[Judged], number: int) -> dict[str, Any]:
        async def work() -> dict[str, Any]:
            try:
                answered = await self._model.ask(prompt.system, prompt.user, form, seconds=SECONDS)
            except ModelFailed as failure:
                usage = failure.usage.model_dump(mode="json")
                return {"failed": {"message": str(failure), "usage": usage, "again": failure.again}}
            return {
                "judged": answered.answer.model_dump(mode="json"),
                "usage": answered.usage.model_dump(mode="json"),
            }

        key = content_hash([self.identity, prompt.system, prompt.user, form.__name__, number])
        async with self._free:
            given: dict[str, Any] = await self._step(key, self.prompt_name, work)
        self.usage += Usage.model_validate((given.get("failed") or given)["usage"])
        return given


class ReplyJudge(_Judge):
    """Scores a reply."""

    prompt_name = REPLY_PROMPT

    async def judge(self, case: Case, reply: Reply) -> JudgedReply:
        """Return the scores of a reply. Raises NotJudged."""
        shown = Shown(case, self._prompt)
        variables = {**shown.case(), **shown.reply(reply), "rubric": self._rubric.told}
        prompt = self._prompt.render({"answer_form": self._model.mode}, variables)
        return await self._judged(prompt, JudgedReply, shown.texts)


class PairJudge(_Judge):
    """Says which of two replies to the same review is better."""

    prompt_name = PAIR_PROMPT

    async def prefer(self, case: Case, first: Reply, second: Reply) -> Preference:
        """Return the verdict of both orders. Raises NotJudged where one of them has none."""
        orders = (self._compared(case, first, second), self._compared(case, second, first))
        forward, backward = await _both(orders)
        verdicts = _side(forward, "first", "second"), _side(backward, "second", "first")
        return Preference(
            better=verdicts[0] if verdicts[0] == verdicts[1] else "tie",
            quality=forward.quality,
            reason=forward.reason,
            forward=verdicts[0],
            backward=verdicts[1],
        )

    async def _compared(self, case: Case, a: Reply, b: Reply) -> JudgedPair:
        shown = Shown(case, self._prompt)
        variables = {**shown.case(), **shown.reply(a, "a"), **shown.reply(b, "b")}
        told = {"rubric": self._rubric.told, "weighing": self._rubric.weighing}
        prompt = self._prompt.render({"answer_form": self._model.mode}, variables | told)
        return await self._judged(prompt, JudgedPair, shown.texts)


async def _both(judgements: tuple[Awaitable[JudgedPair], Awaitable[JudgedPair]]) -> list[JudgedPair]:
    """Return both judgements; where one of them fails, the other is waited for all the same: it is paid for."""
    found = await asyncio.gather(*judgements, return_exceptions=True)
    for entry in found:
        if isinstance(entry, BaseException):
            raise entry
    return [entry for entry in found if isinstance(entry, JudgedPair)]


def _side(judged: JudgedPair, a: Side, b: Side) -> Verdict:
    verdicts: dict[str, Verdict] = {"A": a, "B": b, "tie": "tie"}
    return verdicts[judged.better]


def _void(judged: JudgedReply | JudgedPair, texts: Sequence[str]) -> str:
    """Return why a judgement is void; empty where it counts."""
    for what, quote in judged.quotes.items():
        if not stands_in(quote, texts):
            return f"void: {what} quotes {quote[:_SHOWN]!r}, which stands neither in a reply nor in the review"
    return ""

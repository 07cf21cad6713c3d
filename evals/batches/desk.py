"""The desk: where calls wait for a batch, and where its replies are looked up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.errors import WriterFailed
from drafter.domain.ports import Writer
from drafter.domain.situation import Situation
from drafter.llm.batches import Call, Endpoint, KeptReplies, Reply, at_batch_price
from drafter.llm.gate import Times
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import Send
from drafter.writers.llm import PROMPT, LlmWriter
from drafter.writers.sturdy import SturdyWriter
from evals.runs.asking import REPEAT, SetAside
from evals.runs.cache import Cache
from evals.runs.record import hash_of
from prompts.prompt import Prompt


@dataclass(kw_only=True)
class _Turn:
    """One turn of a writer: the calls of its model in their order."""

    key: str
    calls: int = 0
    waits: bool = False  # whether one of them has no reply yet


_TURN: ContextVar[_Turn] = ContextVar("turn")


class Desk:
    """Looks up the replies to calls, and collects the calls that have none yet."""

    def __init__(self, cache: Cache, run: str, *, send: Send = "case") -> None:
        self._cache = cache
        self._run = run
        self._send: Send = send
        self._calls: dict[str, dict[str, Call]] = {}
        self.open = True  # whether what is collected will be sent

    def writer(self, options: ModelOptions) -> Writer:
        """Return a model's writer, the same as in a live run; its calls come here."""
        transport = KeptReplies(partial(self._reply, options))
        model = ChatModel(at_batch_price(options), Times(sleep=_no_wait), transport)
        writer = SturdyWriter(LlmWriter(model, Prompt(PROMPT), send=self._send))
        return _WaitingWriter(writer, options.name, self)

    def collected(self) -> Mapping[str, Sequence[Call]]:
        """Return the calls that wait, by the names of their models, and forget them."""
        calls, self._calls = self._calls, {}
        return {model: list(waiting.values()) for model, waiting in calls.items()}

    def take(self, reply: Reply) -> None:
        """Keep the reply to a call. What it cost is counted when its draft is made."""
        value = {"status": reply.status, "body": reply.body}
        self._cache.keep_answer(_key(reply.id), value, run=self._run, cost_usd=0.0)

    def _reply(self, options: ModelOptions, endpoint: Endpoint, body: Mapping[str, Any]) -> Reply | None:
        turn = _TURN.get()
        turn.calls += 1
        asked = json.dumps(body, sort_keys=True)
        number = hash_of(options.name, options.base_url, turn.key, turn.calls, asked).removeprefix("sha256:")[:40]
        kept = self._cache.answer(_key(number))
        if kept is not None:
            return Reply(id=number, **kept)
        turn.waits = True
        self._calls.setdefault(options.name, {})[number] = Call(id=number, body=body, endpoint=endpoint)
        return None


class _WaitingWriter:
    """A writer whose case is set aside where its model's answer is still to come."""

    def __init__(self, writer: Writer, model: str, desk: Desk) -> None:
        self.name = writer.name
        self._writer = writer
        self._model = model
        self._desk = desk

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the draft. Raises WriterFailed, and SetAside where the answer comes with the next batch."""
        turn = _Turn(key=hash_of(case, brief.attempt, REPEAT.get()))
        _TURN.set(turn)
        try:
            return await self._writer.write(case, situation, brief)
        except WriterFailed:
            if not turn.waits:
                raise
        if self._desk.open:
            raise SetAside("The answers of a batch are not there yet.")
        raise WriterFailed(f"{self._model}: no answer after as many batches as a run sends.", model=self._model)


def _key(number: str) -> str:
    return f"batch/{number}"


async def _no_wait(_seconds: float) -> None:
    """Try again at once: the try waits in a batch or was made in one."""

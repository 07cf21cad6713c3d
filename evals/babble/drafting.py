"""Reviews drafted by the small model through an installation as it serves, and what became of each of its texts."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

from drafter import compose
from drafter.application import Application
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.draft import Attempt
from drafter.domain.errors import DrafterError
from drafter.domain.finding import Finding, blocking
from drafter.domain.ports import Inspector
from drafter.domain.record import Record
from drafter.domain.situation import Route
from drafter.rounds import reply_to_check
from drafter.settings import Settings, load_settings
from drafter.store import attempts, items, reviews, shops

MODEL = "openai:smollm2"
KEY_VARIABLE = "LLAMA_SERVER_KEY"  # its own, so that no real key is sent; the server takes any
WORKERS = 2  # one draft is read and checked while the model writes another
LOOK_SECONDS = 0.2

Progress = Callable[[int], None]  # is told how many reviews have no draft yet


class Try(Record):
    """One try of a writer, with the text that the guardrails saw."""

    attempt: Attempt
    public_reply: str | None = None
    private_message: str | None = None


class Outcome(Record):
    """What became of one review."""

    review: str  # its text
    route: Route
    writer: str | None = None  # of the draft in the queue; None where there is none
    reason: str | None = None
    tries: tuple[Try, ...] = ()
    blocked: tuple[str, ...] = ()  # codes of blocking findings of the draft in the queue: there should be none


class _Listener:
    """The guardrails, and what they were shown, by the review's id."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self._lock = threading.Lock()
        self.shown: defaultdict[str, list[ReplyToCheck]] = defaultdict(list)

    def inspect(self, reply: ReplyToCheck) -> tuple[Finding, ...]:
        with self._lock:
            self.shown[reply.case.review.external_id].append(reply)
        return self._inspector.inspect(reply)


def draft_all(
    cases: Sequence[Case],
    address: str,
    *,
    answer_tokens: int,
    draft_seconds: float,
    patience: float,
    progress: Progress = lambda _: None,
) -> list[Outcome]:
    """Take the cases in, let the model at the address write, and return what became of each.

    Args:
        cases: with different ids.
        address: of an OpenAI-compatible server, ending in /v1.
        answer_tokens: the most that the model may write at once.
        draft_seconds: that a draft may take.
        patience: seconds for all of them.
        progress: is told now and then how many are left.

    Raises:
        DrafterError: the drafts took longer than the patience.
    """
    os.environ.setdefault(KEY_VARIABLE, "any")
    listener = _Listener(compose.inspector())
    with tempfile.TemporaryDirectory() as folder, patch.object(compose, "inspector", lambda: listener):
        settings = _settings(Path(folder), address, answer_tokens, draft_seconds)
        application = compose.application(settings, role="worker")
        try:
            ids = _received(application, cases)
            application.engine.launch()
            _wait(application, patience, progress)
            return [_outcome(application, review_id, listener) for review_id in ids]
        finally:
            application.engine.close()
            application.database.close()


def _settings(folder: Path, address: str, answer_tokens: int, draft_seconds: float) -> Settings:
    file = folder / "models.toml"
    lines = [
        f'["{MODEL}"]',
        'mode = "text"',
        f'base_url = "{address}"',
        f'api_key_env = "{KEY_VARIABLE}"',
        f"max_answer_tokens = {answer_tokens}",
        f"call_seconds = {draft_seconds}",  # the machine may be busy
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return load_settings(
        reader="embedding",  # what is measured is the model that writes
        data_dir=folder / "data",
        database_url=None,
        model=MODEL,
        fallback_models=(),
        models_file=file,
        writer="auto",
        workers=WORKERS,
        draft_seconds=draft_seconds,
    )


def _received(application: Application, cases: Sequence[Case]) -> list[str]:
    with application.database.writing() as session:
        for shop in {case.shop.name: case.shop for case in cases}.values():
            shops.save(session, shop)
    receive = application.intake.receive
    return [receive(case.shop.name, case.review, case.case_facts).review_id for case in cases]


def _wait(application: Application, patience: float, progress: Progress) -> None:
    give_up = time.monotonic() + patience
    while left := application.engine.waiting():
        progress(left)
        if time.monotonic() > give_up:
            raise DrafterError(f"{left} reviews were not drafted in {patience:.0f} seconds.")
        time.sleep(LOOK_SECONDS)
    progress(0)


def _outcome(application: Application, review_id: str, listener: _Listener) -> Outcome:
    with application.database.reading() as session:
        stored = reviews.get(session, review_id)
        item = items.find(session, review_id, stored.version)
        tried = attempts.of_version(session, review_id, stored.version)
        shop = shops.get(session, stored.review.shop)
    if item is None:
        raise DrafterError("A review ended without an item in the queue.")
    blocked: set[str] = set()
    shown = listener.shown.pop(stored.review.external_id, [])
    if item.draft is not None:
        case = Case(review=stored.review, shop=shop, case_facts=stored.case_facts)
        now = listener.inspect(reply_to_check(case, item.situation, item.draft))
        blocked = {finding.code for finding in blocking((*item.findings, *now))}
    return Outcome(
        review=stored.review.full_text,
        route=item.route,
        writer=item.draft.provenance.writer if item.draft else None,
        reason=item.reason,
        tries=_with_texts(tried, shown),
        blocked=tuple(sorted(blocked)),
    )


def _with_texts(tried: Sequence[Attempt], shown: Sequence[ReplyToCheck]) -> tuple[Try, ...]:
    """Return the tries with what the guardrails were shown: each that did not fail was shown, in the same order.

    Raises:
        DrafterError: texts were shown of which no try is on record, or the other way round.
    """
    checked = [attempt for attempt in tried if attempt.outcome != "failed"]
    if len(checked) != len(shown):
        raise DrafterError(f"{len(checked)} tries on record were checked, but the guardrails saw {len(shown)} texts.")
    texts = iter(shown)
    tries = []
    for attempt in tried:
        text = next(texts) if attempt.outcome != "failed" else None
        tries.append(
            Try(
                attempt=attempt,
                public_reply=text.public_reply if text else None,
                private_message=text.private_message if text else None,
            )
        )
    return tuple(tries)

"""`guardrails`: all checks of a reply, with and without the semantic layer, reply by reply.

Beside the rules, presidio's pattern recognisers over the same texts in the same run, where presidio is installed (it is
no dependency: `pip install presidio-analyzer`). Beside the semantic layer, the bare embedding of the same sentences.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from drafter import compose, pipeline
from drafter.domain.case import ReplyToCheck
from drafter.domain.text import counted_sentences
from drafter.embeddings import E5Embedder
from drafter.rounds import reply_to_check
from drafter.settings import load_settings
from evals.bench.measure import ROUNDS, sample_cases, tell
from evals.bench.presidio import pattern_recognisers
from guardrails.runner import Guardrails
from guardrails.semantics import Semantics, encoder_tuning

Way = tuple[Callable[[Any], object], Sequence[Any]]  # a piece of work, and what it is done to


def run() -> None:
    """Measure the checks over the template writer's drafts of the sample reviews; no vector is remembered."""
    replies = asyncio.run(_drafts())
    rules = Guardrails(languages=compose.languages())
    rules_taken = _taken(rules.inspect, replies)
    presidio = _presidio([_text(reply) for reply in replies])
    before = _memory()
    embedder = E5Embedder(cached_texts=0, tuning=encoder_tuning())
    both = Guardrails(languages=compose.languages(), semantics=Semantics(embedder))
    both_taken, bare_taken = _in_turn(
        (both.inspect, replies), (embedder.embed, [_sentences(reply) for reply in replies])
    )
    tell(
        "guardrails",
        {
            "replies": len(replies),
            **_figures("rules", rules_taken),
            **presidio,
            **_figures("with_semantics", both_taken),
            **_figures("bare_embedding", bare_taken),
            "semantics_over_bare": sum(both_taken) / sum(bare_taken),
            "semantics_memory_mb": _memory() - before,
        },
    )


async def _drafts() -> list[ReplyToCheck]:
    parts = compose.pipeline_parts(load_settings(writer="template", reader="embedding"))
    replies = []
    for case in sample_cases():
        made = await pipeline.prepare(case, reader=parts.reader, writers=parts.writers, inspector=parts.inspector)
        if made.draft is not None:
            replies.append(reply_to_check(case, made.situation, made.draft))
    return replies


def _text(reply: ReplyToCheck) -> str:
    return f"{reply.public_reply or ''} {reply.private_message or ''}".strip()


def _sentences(reply: ReplyToCheck) -> list[str]:
    """Return the sentences of a reply that the semantic layer reads."""
    texts = [text for text in (reply.public_reply, reply.private_message) if text]
    return [span.of(text) for text in texts for span in counted_sentences(text, reply.language or "en")]


def _taken(work: Callable[[Any], object], things: Sequence[Any]) -> list[float]:
    """Return the seconds that each thing took, in every round after one to warm up."""
    return _in_turn((work, things))[0]


def _in_turn(*ways: Way) -> list[list[float]]:
    """Return the same for several ways that take turns, thing by thing."""
    taken: list[list[float]] = [[] for _ in ways]
    for number in range(ROUNDS + 1):
        for at in range(len(ways[0][1])):
            for (work, things), times in zip(ways, taken, strict=True):
                started = time.perf_counter()
                work(things[at])
                if number:
                    times.append(time.perf_counter() - started)
    return taken


def _presidio(texts: Sequence[str]) -> dict[str, float | str]:
    before = _memory()
    analyse = pattern_recognisers()
    if analyse is None:
        return {"presidio": "not installed"}
    found = _figures("presidio_patterns", _taken(analyse, texts))
    return {**found, "presidio_memory_mb": _memory() - before}


def _figures(name: str, taken: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(taken, n=100)
    return {f"{name}_p50_ms": 1000 * cuts[49], f"{name}_p99_ms": 1000 * cuts[98]}


def _memory() -> int:
    """Return the process's highest memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

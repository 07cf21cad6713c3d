"""`guardrails`: all checks of a reply, beside one language identification of the same text."""

from __future__ import annotations

import asyncio

from drafter import compose, pipeline
from drafter.domain.case import ReplyToCheck
from drafter.rounds import reply_to_check
from drafter.settings import load_settings
from evals.bench.measure import compare, sample_cases, tell


async def _drafts() -> list[ReplyToCheck]:
    parts = compose.pipeline_parts(load_settings(writer="template", reader="embedding"))
    replies = []
    for case in sample_cases():
        made = await pipeline.prepare(case, reader=parts.reader, writers=parts.writers, inspector=parts.inspector)
        if made.draft is not None:
            replies.append(reply_to_check(case, made.situation, made.draft))
    return replies


def run() -> None:
    """Measure the checks over the template writer's drafts of the sample reviews."""
    replies = asyncio.run(_drafts())
    inspector, languages = compose.inspector(), compose.languages()
    texts = [f"{reply.public_reply} {reply.private_message or ''}" for reply in replies]
    found = compare(
        lambda: [inspector.inspect(reply) for reply in replies],
        lambda: [languages.identify(text) for text in texts],
    )
    tell(
        "guardrails",
        {
            "replies": len(replies),
            "ms_per_reply": 1000 * found.part / len(replies),
            "ms_per_identification": 1000 * found.baseline / len(replies),
            "ratio": found.ratio,
        },
    )

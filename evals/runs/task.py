"""The tasks that runs carry out: the pipeline that also serves, its reader alone, or its guardrails alone."""

from __future__ import annotations

import asyncio

from drafter import pipeline
from drafter.compose import PipelineParts
from drafter.domain.case import Prepared, ReplyToCheck
from drafter.domain.ports import Inspector, Judge, Reader
from drafter.domain.reading import parted
from drafter.domain.situation import route_of
from evals.cases import Inputs
from evals.reply_cases import Checked


async def prepared(parts: PipelineParts, inputs: Inputs) -> Prepared:
    """Return what the pipeline makes of a review."""
    return await pipeline.prepare(
        inputs.as_case(),
        reader=parts.reader,
        writers=parts.writers,
        inspector=parts.inspector,
        judge=parts.judge,
        seconds=parts.draft_seconds,
    )


async def read(reader: Reader, inputs: Inputs) -> Prepared:
    """Return what the reader alone makes of a review; nothing is written."""
    situation, tries = parted(await reader.read(inputs.as_case()))
    return Prepared(route=route_of(situation), situation=situation, attempts=tries)


async def checked(inspector: Inspector, inputs: ReplyToCheck, judge: Judge | None = None) -> Checked:
    """Return what the guardrails, and the judge where there is one, say of a reply."""
    findings = await asyncio.to_thread(inspector.inspect, inputs)
    if judge is None:
        return Checked(findings=findings)
    verdict = await judge.verdict(inputs, findings)
    return Checked(findings=verdict.findings, attempts=verdict.attempts)

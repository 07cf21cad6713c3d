"""The figures of a babble run, told so that a person can judge what the guardrails let through."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from drafter.domain.draft import Attempt
from drafter.domain.record import Record
from evals.babble.drafting import Outcome, Try

BY_MODEL, BY_TEMPLATE = "llm", "template"  # names of the writers
_NUMBER = re.compile(r"\b\d+(?:[.:]\d+)*\b")


class Figures(Record):
    """What became of the reviews and of the model's texts."""

    reviews: int
    drafted: int  # reviews that a writer was asked for; the others the reader sent to a person or passed over
    by_model: int  # drafts of the model in the queue
    by_template: int  # drafts that fell back to the template writer
    escalated: int  # no draft of any writer passed
    fallback_share: float  # of the drafted ones: all that the model's text did not come through for
    unexplained: int  # not by the model, and no reason given
    texts_checked: int  # of the model, that reached the guardrails
    texts_blocked: int
    texts_passed: int
    answers_unusable: int  # tries of the model that gave no text
    tokens_in: int
    tokens_out: int
    blocked_in_queue: int  # drafts in the queue with a blocking finding: there must be none
    codes: dict[str, int]  # of blocking findings, by the model's texts that they blocked
    failures: dict[str, int]  # reasons for unusable answers, whatever their times and numbers


def figures_of(outcomes: Sequence[Outcome]) -> Figures:
    """Count the outcomes of a run."""
    drafted = [outcome for outcome in outcomes if outcome.tries]
    tries = [tried.attempt for outcome in drafted for tried in outcome.tries if tried.attempt.writer == BY_MODEL]
    ends = Counter(attempt.outcome for attempt in tries)
    by_model = sum(outcome.writer == BY_MODEL for outcome in drafted)
    return Figures(
        reviews=len(outcomes),
        drafted=len(drafted),
        by_model=by_model,
        by_template=sum(outcome.writer == BY_TEMPLATE for outcome in drafted),
        escalated=sum(outcome.writer is None for outcome in drafted),
        fallback_share=round(1 - by_model / len(drafted), 3) if drafted else 0.0,
        unexplained=sum(outcome.writer != BY_MODEL and not outcome.reason for outcome in drafted),
        texts_checked=ends["passed"] + ends["blocked"],
        texts_blocked=ends["blocked"],
        texts_passed=ends["passed"],
        answers_unusable=ends["failed"],
        tokens_in=sum(attempt.usage.tokens_in for attempt in tries),
        tokens_out=sum(attempt.usage.tokens_out for attempt in tries),
        blocked_in_queue=sum(bool(outcome.blocked) for outcome in outcomes),
        codes=dict(Counter(code for attempt in tries for code in attempt.codes).most_common()),
        failures=dict(Counter(_kind(attempt) for attempt in tries if attempt.outcome == "failed").most_common()),
    )


def _kind(attempt: Attempt) -> str:
    return _NUMBER.sub("N", attempt.reason or "no reason")


def tell(outcomes: Sequence[Outcome], console: Console, *, all_texts: bool = False) -> None:
    """Print the model's texts that passed (or all of them) under their reviews, and the figures as a table."""
    for outcome in outcomes:
        told = [tried for tried in outcome.tries if _is_told(tried, all_texts=all_texts)]
        if told:
            console.rule(style="dim")
            console.print(f"review: {outcome.review}", markup=False, highlight=False, soft_wrap=True)
        for tried in told:
            console.print(_told(tried), markup=False, highlight=False, soft_wrap=True)
    table = Table("figure", "value", title="babble")
    for name, value in figures_of(outcomes).model_dump().items():
        lines = "\n".join(f"{count} {what}" for what, count in value.items()) if isinstance(value, dict) else str(value)
        table.add_row(name, lines)
    console.print(table)


def _is_told(tried: Try, *, all_texts: bool) -> bool:
    attempt = tried.attempt
    return attempt.writer == BY_MODEL and (attempt.outcome == "passed" or (all_texts and attempt.outcome == "blocked"))


def _told(tried: Try) -> str:
    texts = "\n  --- ".join(text for text in (tried.public_reply, tried.private_message) if text)
    return f"  {tried.attempt.outcome} {', '.join(tried.attempt.codes)}: {texts}"

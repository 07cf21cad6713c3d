"""The figures of a babble run count the model's texts, and tell those that passed."""

import io

from rich.console import Console

from drafter.domain.draft import Attempt, Usage
from drafter.domain.situation import Route
from evals.babble.drafting import Outcome, Try
from evals.babble.figures import figures_of, tell


def tried(outcome: str, text: str | None, *codes: str, writer: str = "llm", reason: str | None = None) -> Try:
    usage = Usage(calls=1, tokens_in=10, tokens_out=2)
    attempt = Attempt.model_validate(
        {"writer": writer, "number": 1, "outcome": outcome, "codes": codes, "reason": reason, "usage": usage}
    )
    return Try(attempt=attempt, public_reply=text)


BY_MODEL = Outcome(
    review="Good bag",
    route=Route.DRAFT,
    writer="llm",
    tries=(tried("blocked", "No. " * 90, "length"), tried("passed", "A very good bag it is.")),
)
BY_TEMPLATE = Outcome(
    review="Bad bag",
    route=Route.DRAFT,
    writer="template",
    reason="llm: could not be mended (length)",
    tries=(
        tried("failed", None, reason="no answer within 10 s"),
        tried("failed", None, reason="no answer within 60 s"),
        tried("blocked", "Buy it!", "length", "promotional"),
        tried("passed", "Thank you.", writer="template"),
    ),
)
BY_NOBODY = Outcome(review="It burns", route=Route.ESCALATE, reason="harm")


def test_the_models_texts_and_what_blocked_them_are_counted() -> None:
    found = figures_of([BY_MODEL, BY_TEMPLATE, BY_NOBODY])
    assert (found.reviews, found.drafted, found.by_model, found.by_template) == (3, 2, 1, 1)
    assert (found.texts_checked, found.texts_blocked, found.texts_passed, found.answers_unusable) == (3, 2, 1, 2)
    assert found.codes == {"length": 2, "promotional": 1}
    assert found.failures == {"no answer within N s": 2}
    assert found.fallback_share == 0.5
    assert (found.tokens_in, found.tokens_out) == (50, 10)
    assert (found.blocked_in_queue, found.unexplained) == (0, 0)


def test_what_should_never_happen_is_counted_too() -> None:
    blocked = BY_MODEL.with_changes(blocked=("tone",))
    silent = BY_TEMPLATE.with_changes(reason=None)
    found = figures_of([blocked, silent])
    assert (found.blocked_in_queue, found.unexplained) == (1, 1)


def test_a_person_reads_what_passed_and_all_of_it_on_request() -> None:
    some, everything = io.StringIO(), io.StringIO()
    tell([BY_MODEL, BY_TEMPLATE], Console(file=some))
    tell([BY_MODEL, BY_TEMPLATE], Console(file=everything), all_texts=True)
    assert "A very good bag it is." in some.getvalue()
    assert "Buy it!" not in some.getvalue()
    assert "Thank you." not in some.getvalue()
    assert "promotional: Buy it!" in everything.getvalue()

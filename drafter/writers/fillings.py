"""Fillings: what of a review and its case a reply takes up, the fullest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from drafter.domain.case import Case
from drafter.domain.names import suits, usable_first_name
from drafter.domain.situation import Situation, SituationName
from drafter.writers.choosing import asks, quotation
from drafter.writers.citing import private_fact, public_fact
from drafter.writers.points import Report, reported
from drafter.writers.quoting import plain_product
from drafter.writers.topics import Named, named
from prompts.library import Library


@dataclass(frozen=True, kw_only=True)
class Filling:
    """What may be filled into a reply; None is left out."""

    name: str | None = None  # the greeting's
    product: str | None = None
    detail: str | None = None  # a quotation of the review
    report: Report = field(default_factory=Report)  # what the customer reports
    named: Named | None = None  # topics of the review
    further: Mapping[SituationName, Named] = field(default_factory=dict)  # topics of its further points
    policy: tuple[str, str] | None = None  # the key of a fact and its words, for the private message
    fact: tuple[str, str] | None = None  # the same for the public reply
    asked: bool = False  # the review asks something, and complains of nothing
    wordless: bool = False  # the review is stars or pictures alone
    closing: bool = False  # whether a phrase that the shop likes may end the reply

    @property
    def variables(self) -> dict[str, str]:
        """The variables that sentences may use."""
        given = {"product": self.product, "detail": self.detail}
        return {name: value for name, value in given.items() if value} | dict(self.named.said if self.named else {})


def fillings(case: Case, situation: Situation, language: str, library: Library, *, attempt: int) -> tuple[Filling, ...]:
    """Return what to fill in, the fullest first: a later try leaves out what the findings may be about.

    The first try repeats, quotes, names the product and tells facts; the second names topics; the third is plain.
    """
    if attempt > 2:
        return (Filling(),)
    report = reported(case, situation, language, library) if attempt == 1 else Report()
    second = _naming(case, situation, language, library, report)
    plainest = Filling(name=second.name)
    if attempt > 1:
        return (second, plainest, Filling())
    wordless = not any(map(str.isalnum, case.review.full_text))
    told = _telling(replace(second, wordless=wordless), case, situation, language, library)
    fullest = _repeating(told, case, situation, language, library, report)
    shorter = (replace(fullest, report=fullest.report.at_most(most)) for most in (2, 1))
    without = replace(told, closing=fullest.closing, product=fullest.product)
    return (fullest, *shorter, without, told, replace(plainest, policy=told.policy), Filling())


def _naming(case: Case, situation: Situation, language: str, library: Library, report: Report) -> Filling:
    """Return the name to greet by, and the topics of what the report does not repeat."""
    repeated = report.clauses
    name = usable_first_name(case.review.author)
    topic = named(case, situation, situation.situation, language, library, apart_from=repeated)
    further = {
        other: point
        for other in situation.secondary
        if (point := named(case, situation, other, language, library, but=topic, apart_from=repeated))
    }
    return Filling(name=name if name and suits(name, language) else None, named=topic, further=further)


def _telling(filling: Filling, case: Case, situation: Situation, language: str, library: Library) -> Filling:
    """Return a filling that tells the facts which are about what the review says."""
    common = library.common(language)
    return replace(
        filling,
        policy=private_fact(case, situation, language, common.policies),
        fact=public_fact(case, situation, language, common.facts),
    )


def _repeating(
    filling: Filling, case: Case, situation: Situation, language: str, library: Library, report: Report
) -> Filling:
    """Return a filling that repeats what is reported, and quotes or names the product for want of that."""
    detail = quotation(case, situation, language, library)
    if not (report.main or filling.named or situation.situation is SituationName.POSITIVE):
        report = report.led_by_complaints()
    return replace(
        filling,
        report=report,
        asked=not (report.main or report.complaints) and asks(case.review.full_text, language, library),
        product=plain_product(case.review.product.name, library),
        detail=detail if detail and not any(detail in clause for clause in report.clauses) else None,
        closing=language == case.shop.default_language,
    )

"""What models took, summed up by any of day, shop, model and role, with the drafts that were made meanwhile.

Translations and previews count among what was taken, and are no drafts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, String, case, cast, distinct, func, literal, select
from sqlalchemy.orm import Session

from drafter.domain.draft import OVER_BUDGET
from drafter.domain.judging import JUDGE
from drafter.domain.reading import LLM_READER
from drafter.domain.record import Record
from drafter.domain.translation import TRANSLATOR
from drafter.store.attempts import NO_VERSION
from drafter.store.tables import AttemptRow as Row

Role = Literal["writer", "reader", "judge", "translator"]
Key = Literal["day", "shop", "model", "role"]


class Cost(Record):
    """What models took, and for how many drafts; a key that was not asked for is None."""

    day: date | None = None  # in UTC
    shop: str | None = None
    model: str | None = None
    role: Role | None = None
    drafts: int  # of reviews; without a model or a role as key, those included that no model was asked for
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float  # of the calls whose price is known
    unpriced_calls: int  # whose price is not known
    over_budget: int  # drafts for which no model was asked to write, because the shop's daily budget was used up

    @property
    def cost_per_draft(self) -> float | None:
        """US dollars a draft; None where there was none, or a price is not known."""
        return self.cost_usd / self.drafts if self.drafts and not self.unpriced_calls else None


def costs(session: Session, since: datetime, *by: Key, shop: str | None = None) -> tuple[Cost, ...]:
    """Return what was taken since a time, summed up by the keys, in their order.

    By model or role, tries that asked no model are left out.
    """
    keys = [_KEYS[key].label(key) for key in by]
    query = select(*keys, *_SUMS).where(Row.created_at >= since).group_by(*keys)
    if shop is not None:
        query = query.where(Row.shop == shop)
    if "model" in by or "role" in by:
        query = query.where(Row.model.is_not(None))
    found = [Cost.model_validate(row._asdict()) for row in session.execute(query)]
    return tuple(sorted(found, key=lambda one: [str(getattr(one, key)) for key in by]))


def refused_by_budget(session: Session, since: datetime) -> int:
    """Return how often no model was asked since a time, because a daily budget was used up."""
    query = select(func.count()).select_from(Row).where(Row.created_at >= since, _REFUSED)
    return session.scalar(query) or 0


def _sum(column: Any, name: str) -> ColumnElement[Any]:  # noqa: ANN401  # a column or an expression
    return func.coalesce(func.sum(column), 0).label(name)


_ROLE = case(
    (Row.writer == LLM_READER, "reader"), (Row.writer == JUDGE, "judge"), (Row.writer == TRANSLATOR, "translator"),
    else_="writer",
)  # fmt: skip
_KEYS: dict[Key, ColumnElement[Any]] = {
    "day": Row.day.expression,
    "shop": Row.shop.expression,
    "model": Row.model.expression,
    "role": _ROLE,
}
#: One draft of a review version; what outlives its review is told apart by the version alone.
_DRAFT = (
    func.coalesce(Row.review_id, "") + literal(" ") + Row.review_version + literal(" ") + cast(Row.revision, String)
)
_REFUSED = cast(Row.codes, String).like(f"%{OVER_BUDGET}%")
_OF_A_REVIEW = (Row.writer != TRANSLATOR) & (Row.review_version != NO_VERSION)
_SUMS: Sequence[ColumnElement[Any]] = (
    func.count(distinct(case((_OF_A_REVIEW & ~_REFUSED, _DRAFT)))).label("drafts"),
    _sum(Row.calls.expression, "calls"),
    _sum(Row.tokens_in.expression, "tokens_in"),
    _sum(Row.tokens_out.expression, "tokens_out"),
    _sum(Row.cost_usd.expression, "cost_usd"),
    _sum(case((Row.cost_usd.is_(None), Row.calls), else_=0), "unpriced_calls"),
    func.count(distinct(case((_OF_A_REVIEW & _REFUSED & (_ROLE == "writer"), _DRAFT)))).label("over_budget"),
)

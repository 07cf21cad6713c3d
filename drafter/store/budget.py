"""Daily budgets that all processes of one database share: a row for each question to a model.

What is taken is counted by the questions, not by the stored tries, which come with their draft: a draft under way, or
one that was never stored, has taken its share too.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from drafter.domain.ports import Clock
from drafter.llm.budget import KEPT_FOR, Taken, Taking, begin_of_day, over_budget
from drafter.store.database import Database, inserting
from drafter.store.tables import BudgetEntryRow as Row
from drafter.store.tables import ShopRow


class StoredPurse:
    """Keeps what shops take of their budgets in the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open(self, taking: Taking) -> str | None:
        """Set aside what a question may take, if its shop's budget has that left.

        Questions of one shop take turns, so that two of them never see the same rest.
        """
        with self._database.writing() as session:
            now, shop = self._clock.now(), taking.shop
            session.execute(select(ShopRow.name).where(ShopRow.name == shop.name).with_for_update(key_share=True))
            session.execute(delete(Row).where(Row.shop == shop.name, Row.at < now - KEPT_FOR))
            why = over_budget(taking, taken(session, shop.name, begin_of_day(shop, now)), now)
            if why is None:
                aside = taking.set_aside()
                fields = {"id": taking.id, "shop": shop.name, "at": now, "tokens": aside.tokens, "cost_usd": aside.usd}
                session.execute(inserting(session, Row).values(fields))
            return why

    def settle(self, taking: Taking, taken: Taken) -> None:
        """Put down what it took."""
        with self._database.writing() as session:
            figures = {"tokens": taken.tokens, "cost_usd": taken.usd}
            session.execute(update(Row).where(Row.id == taking.id).values(figures))


def taken(session: Session, shop: str, since: datetime) -> Taken:
    """Return what a shop took, or has set aside, since a time."""
    sums = select(func.coalesce(func.sum(Row.tokens), 0), func.coalesce(func.sum(Row.cost_usd), 0.0))
    tokens, usd = session.execute(sums.where(Row.shop == shop, Row.at >= since)).one()
    return Taken(tokens=int(tokens), usd=float(usd))

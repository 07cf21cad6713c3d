"""Shops: each is stored whole, under its name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from drafter.domain.errors import UnknownShop
from drafter.domain.shop import Shop
from drafter.store.database import inserting
from drafter.store.tables import ShopRow


def get(session: Session, name: str, *, lock: bool = False) -> Shop:
    """Return the shop of that name; with `lock`, nobody changes it until the transaction ends.

    Raises:
        UnknownShop: there is none.
    """
    row = session.get(ShopRow, name, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise UnknownShop(name)
    return Shop.from_store(row.record)


def save(session: Session, shop: Shop) -> None:
    """Store a shop; one of the same name is replaced."""
    session.merge(ShopRow(name=shop.name, record=shop.model_dump(mode="json")))
    session.flush()


def list_all(session: Session) -> tuple[Shop, ...]:
    """Return all shops, by name."""
    rows = session.scalars(select(ShopRow).order_by(ShopRow.name))
    return tuple(Shop.from_store(row.record) for row in rows)


def ensure_default(session: Session) -> Shop:
    """Return the shop called `default`, made with the usual values if there is none yet.

    Several processes may do so at once: one makes it, the others find it.
    """
    usual = Shop()
    values = {"name": usual.name, "record": usual.model_dump(mode="json")}
    session.execute(inserting(session, ShopRow).values(values).on_conflict_do_nothing())
    return get(session, usual.name)

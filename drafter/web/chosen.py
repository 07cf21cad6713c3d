"""Of which shop and which days a page of figures tells, as the person chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query

from drafter.domain.errors import UnknownShop
from drafter.domain.shop import Shop
from drafter.store import shops
from drafter.web.site import Here

PERIODS = (7, 30, 90, 365)  # days that can be chosen


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a page of figures is to tell of."""

    shop: str | None  # by name; None: all
    days: int
    until: datetime  # now
    shops: Sequence[Shop]  # to choose from

    @property
    def since(self) -> datetime:
        """The beginning of these days."""
        return self.until - timedelta(days=self.days)

    @property
    def form(self) -> dict[str, Any]:
        """What the form shows by which another choice is made."""
        periods = sorted({*PERIODS, self.days})
        return {"shops": self.shops, "shop": self.shop, "days": self.days, "periods": periods}


def chosen(
    here: Here,
    shop: Annotated[str, Query(max_length=100)] = "",
    days: Annotated[int, Query(ge=1, le=3650)] = 30,
) -> Chosen:
    """Return what was chosen; by itself the last thirty days of all shops.

    Raises:
        UnknownShop: there is no shop of that name.
    """
    with here.application.database.reading() as session:
        known = shops.list_all(session)
    if shop and shop not in {one.name for one in known}:
        raise UnknownShop(shop)
    return Chosen(shop=shop or None, days=days, until=here.application.clock.now(), shops=known)


Choice = Annotated[Chosen, Depends(chosen)]

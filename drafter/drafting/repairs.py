"""Repairs: a model that has never mended a kind of finding is not asked to, until it is tried again now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from drafter.domain.ports import Clock
from drafter.logs import fault
from drafter.store import repairs
from drafter.store.database import Database
from drafter.store.repairs import Round

log = logging.getLogger(__name__)

LATELY = timedelta(days=30)
TRIES = 8  # without success, before a model is given up on a finding: of one that mends a third, 1 in 26 has that luck
TRIED_AGAIN = 10  # every tenth such draft, so that a better prompt or model shows itself


class KeptRepairs:
    """Tells from the tries that are kept whether a model's next round would be in vain."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def in_vain(self, model: str, codes: Sequence[str]) -> str | None:
        """Return why the model need not be asked to mend findings of these codes; None where it is worth a try.

        It is, where the record cannot be read: no draft fails because of what is only to save a call.
        """
        try:
            rounds = await asyncio.to_thread(self._rounds, model)
        except SQLAlchemyError as error:
            log.error("repairs.not_read", extra={"model": model, **fault(error)})  # noqa: TRY400  # it may hold an address
            return None
        tries = {code: given_up_after(rounds, code) for code in codes}
        given_up = [f"{code} in {count} tries" for code, count in tries.items() if count is not None]
        if not given_up:
            return None
        return f"{model} was not asked to mend it: in {LATELY.days} days it has never mended {', '.join(given_up)}"

    def _rounds(self, model: str) -> list[Round]:
        with self._database.reading() as session:
            return repairs.rounds(session, model, self._clock.now() - LATELY)


def given_up_after(rounds: Sequence[Round], code: str) -> int | None:
    """Return after how many tries a code is not worth another one; None where it is.

    Args:
        rounds: of one model, the newest first.
        code: of a finding.
    """
    about = [one for one in rounds if code in one.codes]
    tried = [one.left for one in about if one.left is not None]
    if len(tried) < TRIES or any(code not in left for left in tried):
        return None
    passed_over = next(place for place, one in enumerate(about) if one.left is not None)
    return None if passed_over >= TRIED_AGAIN - 1 else len(tried)

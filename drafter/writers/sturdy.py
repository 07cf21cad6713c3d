"""A writer whose faults cost its own turn only: whatever breaks in it, the next writer takes over."""

from __future__ import annotations

import logging

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.errors import WriterFailed
from drafter.domain.ports import Writer
from drafter.domain.situation import Situation
from drafter.logs import fault

log = logging.getLogger(__name__)


class SturdyWriter:
    """Another writer, each fault of which is told as a failure to write."""

    def __init__(self, writer: Writer) -> None:
        self.name = writer.name
        self._writer = writer

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the writer's draft. Raises WriterFailed, and nothing else."""
        try:
            return await self._writer.write(case, situation, brief)
        except WriterFailed:
            raise
        except Exception as error:  # noqa: BLE001  # whatever broke, the review needs its draft
            fields = {"writer": self.name, **fault(error)}
            log.error("writer.broke", extra=fields)  # noqa: TRY400  # its message may hold customer text
            raise WriterFailed(f"a fault in Drafter ({type(error).__name__})") from None

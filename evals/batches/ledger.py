"""The ledger: which batches a run has sent, in the run's folder, so that none is ever sent twice."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from drafter.domain.errors import BadInput
from drafter.domain.record import Record

FILE = "batches.json"


class Sent(Record):
    """A batch that was sent, or was about to be."""

    name: str  # ours, by which it is found again at the provider
    model: str
    calls: int
    round: int
    id: str | None = None  # the provider's; None: whether it was sent is not known
    end: str | None = None  # in the provider's words; None: its answers are not fetched yet


class Batches(Record):
    """All batches of a run, and how many rounds of them it has had."""

    run: str  # hash of who answers; another's batches are of no use
    round: int = 0
    sent: tuple[Sent, ...] = ()


class Ledger:
    """Keeps the batches of a run on disk; each change is there before anything else happens."""

    def __init__(self, folder: Path, run: str) -> None:
        """Read what an earlier command left. Raises BadInput."""
        self.file = folder / FILE
        self._batches = Batches(run=run)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self.file.exists():
                self._batches = Batches.model_validate_json(self.file.read_bytes())
        except (OSError, ValidationError) as error:
            raise BadInput(f"{self.file} cannot be used: {type(error).__name__}. Name another run.") from None
        self.abandoned = () if self._batches.run == run else self.under_way
        if self._batches.run != run:
            self._batches = Batches(run=run)

    @property
    def round(self) -> int:
        """How many rounds of batches there were since the run was last complete."""
        return self._batches.round

    @property
    def sent(self) -> tuple[Sent, ...]:
        """All batches, in the order in which they were sent."""
        return self._batches.sent

    @property
    def under_way(self) -> tuple[Sent, ...]:
        """The batches whose answers are not fetched yet."""
        return tuple(sent for sent in self._batches.sent if sent.end is None)

    def set_round(self, number: int) -> None:
        """Note which round it is."""
        self._keep(self._batches.with_changes(round=number))

    def add(self, sent: Sent) -> None:
        """Note that a batch is about to be sent."""
        self._keep(self._batches.with_changes(sent=(*self.sent, sent)))

    def change(self, sent: Sent) -> None:
        """Note what has become of a batch."""
        changed = (sent if known.name == sent.name else known for known in self.sent)
        self._keep(self._batches.with_changes(sent=tuple(changed)))

    def drop(self, sent: Sent) -> None:
        """Forget a batch that was never sent."""
        self._keep(self._batches.with_changes(sent=tuple(known for known in self.sent if known.name != sent.name)))

    def _keep(self, batches: Batches) -> None:
        beside = self.file.with_name(f".{FILE}.new")
        try:
            beside.write_text(batches.model_dump_json(indent=1) + "\n", encoding="utf-8")
            beside.replace(self.file)
        except OSError as error:
            raise BadInput(f"{self.file} cannot be written: {error.strerror}.") from None
        self._batches = batches

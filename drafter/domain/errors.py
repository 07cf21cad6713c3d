"""Every error that this project raises on purpose.

    DrafterError
    ├── BadInput                 what was sent cannot be used; the message says what to change
    │   └── UnknownShop          no shop of that name
    ├── NotFound                 nothing has that id (or it belongs to another shop)
    ├── NotAllowed               signed in, but not for this
    │   ├── NotSignedIn          no valid key, session or password
    │   └── TooManySignIns       too many wrong passwords for one name; the message says how long to wait
    ├── Conflict                 somebody or something else was first
    │   ├── IllegalStep          the item's state does not allow this decision
    │   ├── StaleVersion         the item changed since it was read
    │   └── ClaimedByAnother     another person has it open
    ├── Blocked                  a blocking finding stands against the text; carries the findings
    ├── Misconfigured            a setting is missing or wrong; the message names it
    ├── ModelFailed              a model gave no answer that can be used; the message names the setting to change
    ├── WriterFailed             a writer could not write a draft; the reason is its message
    ├── ReaderFailed             a reader could not read a review; the reason is its message
    ├── JudgeFailed              a judge gave no judgement that counts; the reason is its message
    └── TranslatorFailed         a translator gave no translation; the reason is its message

HTTP status codes belong to these only in `drafter.api` and `drafter.web`.
"""

from __future__ import annotations

from drafter.domain.draft import Usage
from drafter.domain.finding import Finding


class DrafterError(Exception):
    """The family of all of them."""


class BadInput(DrafterError):
    """What was sent cannot be used."""


class UnknownShop(BadInput):
    """No shop of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no shop called {name!r}. Use a shop's name as it was created, or leave it out.")


class NotFound(DrafterError):
    """Nothing has that id."""


class NotAllowed(DrafterError):
    """The role or the key's scope does not cover this."""


class NotSignedIn(NotAllowed):
    """No valid key, session or password was given."""


class TooManySignIns(NotAllowed):
    """Too many wrong passwords were given for one name."""


class Conflict(DrafterError):
    """Somebody or something else was first."""


class IllegalStep(Conflict):
    """The state does not allow this step."""


class StaleVersion(Conflict):
    """The item changed since it was read."""


class ClaimedByAnother(Conflict):
    """Another person has the item open."""


class Blocked(DrafterError):
    """A blocking finding stands against the text."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        codes = ", ".join(sorted({finding.code for finding in findings}))
        super().__init__(f"The reply cannot be approved: {codes}. Change the marked passages.")
        self.findings = findings


class Misconfigured(DrafterError):
    """A setting is missing or wrong."""


class _CostlyFailure(DrafterError):
    """A failure that may have taken calls of a model."""

    def __init__(
        self,
        message: str,
        *,
        model: str | None = None,
        usage: Usage = Usage(),
        again: bool = False,
        codes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.model = model  # that was asked
        self.usage = usage
        self.again = again  # whether the answer, not the provider, was at fault: another try may go well
        self.codes = codes  # why, for those who count it


class ModelFailed(_CostlyFailure):
    """A model gave no answer that can be used."""


class WriterFailed(_CostlyFailure):
    """A writer could not write a draft."""


class ReaderFailed(_CostlyFailure):
    """A reader could not read a review."""


class JudgeFailed(_CostlyFailure):
    """A judge gave no judgement that counts."""


class TranslatorFailed(_CostlyFailure):
    """A translator gave no translation."""

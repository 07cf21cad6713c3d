"""Policies: a platform's own limits and rules behind findings, each with its source and the date it was looked up."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field

from drafter.domain.errors import Misconfigured
from drafter.domain.finding import CODES
from drafter.domain.record import Record

_PACKS = Path(__file__).parent
_FALLBACK = "generic"


class Source(Record):
    """Where a rule was read."""

    source: Annotated[str, Field(min_length=1)]  # address, or whose word it is
    looked_up: date
    status: Literal["verified", "third-party", "unverified", "own default"]


class PolicyRule(Source):
    """One rule of a platform, behind one code."""

    code: Literal[CODES]  # type: ignore[valid-type]  # the closed list is in the domain
    rule: Annotated[str, Field(min_length=1)]
    regions: tuple[str, ...] = ()  # ISO 3166-1 alpha-2; empty: everywhere


class CharacterLimit(Source):
    """How long a text may be on the platform, in characters."""

    characters: Annotated[int, Field(gt=0)]


class Pack(Record):
    """A platform's rules, as its file says them."""

    platform: str
    title: str
    public_limit: CharacterLimit
    private_limit: CharacterLimit
    rules: tuple[PolicyRule, ...] = ()


class Policy(Record):
    """The pack that applies to a review, narrowed to its region."""

    pack: Pack
    region: str | None = None

    def behind(self, code: str) -> str | None:
        """Return the platform's rule behind a code with its source and date; None where the rule is only ours."""
        for rule in self.pack.rules:
            if rule.code == code and (not rule.regions or self.region in rule.regions):
                return f"{self.pack.title}: {rule.rule} ({_cited(rule)})"
        return None


def policy_for(platform: str, region: str | None) -> Policy:
    """Return the policy of a platform in a region; the strict default where the platform has no pack."""
    return Policy(pack=_packs().get(platform) or _packs()[_FALLBACK], region=region)


@cache
def _packs() -> dict[str, Pack]:
    packs = [_loaded(path) for path in sorted(_PACKS.glob("*.yaml"))]
    return {pack.platform: pack for pack in packs}


def _loaded(path: Path) -> Pack:
    try:
        return Pack.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise Misconfigured(f"The policy pack {path.name} cannot be used: {error}") from error


def _cited(source: Source) -> str:
    return f"{source.status}, {source.source}, looked up {source.looked_up.isoformat()}"

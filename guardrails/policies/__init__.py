"""Policies: a platform's own limits and rules behind findings, each with its source and the date it was looked up.

A file a platform. Whatever a platform or a market does not say is inherited: from another market of the platform that
does, else from the strict default in `generic.yaml`, and it is then cited as inherited and unverified.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

import phonenumbers
import yaml

from drafter.domain.errors import Misconfigured
from drafter.domain.finding import Part
from drafter.domain.record import Record
from drafter.domain.yaml_files import parsed
from guardrails.policies.pack import Editing, Length, Pack, PolicyRule, Region, Replies, Sentences, Source

_PACKS = Path(__file__).parent
FALLBACK = "generic"

_Limit = TypeVar("_Limit", bound=Source)


class Policy(Record):
    """What applies to a review: a platform's pack, narrowed to its market, and the strict default behind it."""

    pack: Pack
    strict: Pack  # for what the pack does not say
    region: str | None = None
    on: date | None = None  # today, where sources are to say that they are old

    def behind(self, code: str) -> str | None:
        """Return the rule behind a code with its source and date; None for a warning, which has none."""
        found = self._rule(code)
        if found is None:
            return None
        title, rule = found
        text = f"{title}: {rule.rule} ({rule.cited(self.on)})"
        allowed = [one for one in self._market.differences if one.code == code]
        return text + "".join(f"; {self._market.title} allows {one.allows} ({one.cited(self.on)})" for one in allowed)

    @property
    def public(self) -> Length:
        """How long a public reply may be."""
        return self._limit("public", Length)

    @property
    def private(self) -> Length:
        """How long a private message may be."""
        return self._limit("private", Length)

    @property
    def sentences(self) -> Sentences:
        """How many sentences a public reply has."""
        return self._limit("sentences", Sentences)

    @property
    def replies(self) -> Replies:
        """How often a review may be answered."""
        return self._limit("replies", Replies)

    @property
    def editing(self) -> Editing:
        """Whether a posted reply can be changed."""
        return self._limit("editing", Editing)

    def length(self, part: Part) -> Length:
        """Return how long a part may be."""
        return self.public if part is Part.PUBLIC else self.private

    @property
    def _market(self) -> Region:
        return self.pack.region(self.region)

    def _rule(self, code: str) -> tuple[str, PolicyRule] | None:
        """Return a code's rule and whose it is.

        The market's own, the platform's, the market's law, another market's, the strict default, in that order.
        """
        law = self.strict.region(self.region)
        own = f"{self.pack.title}, {self._market.title}"
        said = ((own, self._market.rules), (self.pack.title, self.pack.rules), (law.title, law.rules))
        for title, rules in said:
            if rule := _of_code(rules, code):
                return title, rule
        for region in self.pack.regions.values():
            if rule := _of_code(region.rules, code):
                return f"{self.pack.title}, {region.title}", _inherited(rule)
        rule = _of_code(self.strict.rules, code)
        return None if rule is None else (self.strict.title, _inherited(rule))

    def _limit(self, name: str, kind: type[_Limit]) -> _Limit:
        sections: tuple[Pack | Region, ...] = (self._market, self.pack, *self.pack.regions.values(), self.strict)
        for place, section in enumerate(sections):
            limit = getattr(section.limits, name)
            if isinstance(limit, kind):
                return limit if place < 2 else _inherited(limit)
        raise Misconfigured(f"The strict default has no limit {name!r}.")


def policy_for(platform: str, region: str | None, *, on: date | None = None) -> Policy:
    """Return the policy of a platform in a market; the strict default where nothing is known of them.

    Args:
        platform: its key, `tiktok_shop`; one without a pack gets the strict default.
        region: ISO 3166-1 alpha-2 code of the market, or EU.
        on: today; sources that were looked up more than 90 days before then say so.
    """
    strict = packs()[FALLBACK]
    return Policy(pack=packs().get(platform, strict), strict=strict, region=region, on=on)


def old_sources(on: date) -> dict[str, int]:
    """Return how many sources of each platform were, on a day, last looked at more than 90 days ago."""
    counts = {name: sum(source.is_old(on) for source in pack.sources) for name, pack in packs().items()}
    return {name: count for name, count in counts.items() if count}


def is_market(region: str) -> bool:
    """Whether there is such a market: a country's ISO 3166-1 alpha-2 code, EU, or another code that a pack knows."""
    known = {code for pack in packs().values() for name, one in pack.regions.items() for code in (name, *one.also)}
    return region in phonenumbers.SUPPORTED_REGIONS or region in known


@cache
def packs() -> dict[str, Pack]:
    """Return all packs, by platform.

    Raises:
        Misconfigured: a file is no pack.
    """
    found = [_loaded(path) for path in sorted(_PACKS.glob("*.yaml"))]
    return {pack.platform: pack for pack in found}


def _loaded(path: Path) -> Pack:
    try:
        return Pack.model_validate(parsed(path.read_text(encoding="utf-8")))
    except (ValueError, yaml.YAMLError) as error:
        raise Misconfigured(f"The policy pack {path.name} cannot be used: {error}") from error


def _of_code(rules: tuple[PolicyRule, ...], code: str) -> PolicyRule | None:
    return next((rule for rule in rules if rule.code == code), None)


def _inherited(source: _Limit) -> _Limit:
    """Return something taken over from elsewhere: whatever it is there, here nobody has verified it."""
    return source.model_copy(update={"status": "inherited"})

"""Voices: a shop's brand voice is read, heard and changed here, whoever asks: the page, the API or a command.

A preview drafts the same reviews in the voice as it is and as it would be, with the writers and the guardrails of the
drafting job. Nothing of it is stored but what its tries took, which counts as any other use of a model.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from drafter import pipeline
from drafter.domain.case import Prepared
from drafter.domain.draft import Usage
from drafter.domain.errors import StaleVersion
from drafter.domain.ports import Clock, Inspector, Writer
from drafter.domain.record import Record
from drafter.domain.shop import BrandVoice, Shop
from drafter.store import attempts, recent, shops
from drafter.store.database import Database
from drafter.voices.sampling import NEEDS, Sample, samples

PREVIEW_SECONDS = 60.0  # that a preview may take: a person waits for it
_NO_MODEL = "template"  # the writer that asks none

_log = logging.getLogger(__name__)


class Parts(Protocol):
    """Who writes and who checks."""

    @property
    def writers(self) -> Sequence[Writer]:
        """Who writes, in the order in which they are tried."""
        ...

    @property
    def inspector(self) -> Inspector:
        """The guardrails."""
        ...


class Compared(Record):
    """One review, answered in two voices."""

    sample: Sample
    before: Prepared  # in the voice as it is
    after: Prepared  # in the voice as it would be


class VoicePreview(Record):
    """How a change of voice sounds."""

    compared: tuple[Compared, ...]

    @property
    def usage(self) -> Usage:
        """What all drafts took."""
        return sum((one.before.usage + one.after.usage for one in self.compared), Usage())


class Voices:
    """The brand voices of an installation's shops."""

    def __init__(self, *, database: Database, parts: Parts, clock: Clock) -> None:
        self._database = database
        self._parts = parts
        self._clock = clock

    def shop(self, name: str) -> Shop:
        """Return a shop. Raises UnknownShop."""
        with self._database.reading() as session:
            return shops.get(session, name)

    def shops(self) -> tuple[Shop, ...]:
        """Return all shops, by name."""
        with self._database.reading() as session:
            return shops.list_all(session)

    def change(self, name: str, changes: Mapping[str, Any], *, by: str, seen: str | None = None) -> Shop:
        """Change the named fields of a shop's brand voice, and return the shop.

        Args:
            name: of the shop.
            changes: fields of `BrandVoice`.
            by: id of the person, or of the key, that changes it.
            seen: the fingerprint of the voice that they saw; None: whatever it is by now.

        Raises:
            UnknownShop: there is no such shop.
            StaleVersion: the voice is another one by now.
        """
        with self._database.writing() as session:
            shop = shops.get(session, name, lock=True)
            if seen is not None and seen != fingerprint(shop.brand_voice):
                raise StaleVersion("The brand voice was changed since you looked at it. Look at it again.")
            shop = shop.with_changes(brand_voice=shop.brand_voice.with_changes(**changes))
            shops.save(session, shop)
        _log.info("voices.changed", extra={"shop": name, "by": by, "fields": sorted(changes)})
        return shop

    @property
    def calls(self) -> int:
        """The calls of a model that a preview makes, if no draft has to be mended; 0 where templates write."""
        asks = self._parts.writers[0].name != _NO_MODEL
        return 2 * len(NEEDS) if asks else 0

    async def preview(self, name: str, changes: Mapping[str, Any]) -> VoicePreview:
        """Return the same three reviews, answered in the shop's voice as it is and with the changes.

        Raises:
            UnknownShop: there is no such shop.
        """
        shop, found = await asyncio.to_thread(self._material, name)
        voice = shop.brand_voice.with_changes(**changes)
        drafted = await asyncio.gather(
            *(self._drafted(sample, spoken) for sample in found for spoken in (shop.brand_voice, voice))
        )
        pairs = zip(found, drafted[::2], drafted[1::2], strict=True)
        preview = VoicePreview(
            compared=tuple(Compared(sample=sample, before=before, after=after) for sample, before, after in pairs)
        )
        await asyncio.to_thread(self._note, name, preview)
        return preview

    def _material(self, name: str) -> tuple[Shop, tuple[Sample, ...]]:
        with self._database.reading() as session:
            shop = shops.get(session, name)
            return shop, samples(shop, recent.drafted(session, name))

    async def _drafted(self, sample: Sample, voice: BrandVoice) -> Prepared:
        spoken = sample.case.shop.with_changes(brand_voice=voice)
        return await pipeline.answer(
            sample.case.with_changes(shop=spoken),
            sample.situation,
            writers=self._parts.writers,
            inspector=self._parts.inspector,
            seconds=PREVIEW_SECONDS,
        )

    def _note(self, name: str, preview: VoicePreview) -> None:
        """Store what the tries took, where a model was asked; they belong to no review."""
        tries = [one for pair in preview.compared for one in (*pair.before.attempts, *pair.after.attempts)]
        if any(one.usage.calls for one in tries):
            with self._database.writing() as session:
                attempts.insert(session, None, attempts.NO_VERSION, tries, shop=name, revision=0, now=self._clock.now())


def fingerprint(voice: BrandVoice) -> str:
    """Return what tells a voice from any other one."""
    canonical = json.dumps(voice.model_dump(mode="json"), ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]

"""Translations: an item's review and draft in the language that the person before it reads.

Only what is stored is translated, and only for the eyes of people: a translation is kept beside the item, and nothing
of it gets into a draft or a reply. What a translation took is stored as a try, so that it shows among the costs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

from drafter.domain.approval import ApprovalItem
from drafter.domain.case import Case
from drafter.domain.draft import Attempt
from drafter.domain.errors import BadInput, NotFound, TranslatorFailed
from drafter.domain.ports import Clock, Translator
from drafter.domain.record import Record
from drafter.domain.review import Review
from drafter.domain.translation import READABLE, TRANSLATOR, TextName, Texts, Translated, Translation
from drafter.settings import Send
from drafter.store import attempts, items, reviews, shops
from drafter.store import translations as kept
from drafter.store.database import Database

SECONDS = 60.0  # that models may take together: a person waits for it
NO_MODEL = "Translation needs a model: set DRAFTER_MODEL, for example openai:NAME."

#: Gives the models that translate, in the order in which they are asked; none where no model is set.
Translators: TypeAlias = Callable[[], Sequence[Translator]]

_log = logging.getLogger(__name__)


class Matter(Record):
    """What of an item is to be translated."""

    item_id: str
    case: Case
    texts: Texts


class Translations:
    """Translates what a person cannot read."""

    def __init__(self, *, database: Database, translators: Translators, clock: Clock, send: Send = "case") -> None:
        self._database = database
        self._translators = translators
        self._clock = clock
        self._send = send

    @property
    def available(self) -> bool:
        """Whether there is a model to translate."""
        return bool(self._translators())

    @property
    def review_only(self) -> bool:
        """Whether drafts may not be sent to a model (`DRAFTER_SEND=review`)."""
        return self._send == "review"

    def foreign(self, item: ApprovalItem, review: Review, language: str) -> Texts:
        """Return the texts of an item that are in another language, and that may be sent to a model."""
        draft, texts = item.draft, dict[TextName, str]()
        if item.situation.language != language and review.full_text.strip():
            texts["review"] = review.full_text
        if draft is not None and draft.language != language and not self.review_only:
            both: tuple[tuple[TextName, str | None], ...] = (
                ("public_reply", draft.public_reply),
                ("private_message", draft.private_message),
            )
            texts |= {name: text for name, text in both if text}
        return texts

    def found(self, item_id: str, language: str) -> Translation | None:
        """Return the translation that is there already; this costs nothing. Raises NotFound."""
        return self._kept(self._matter(item_id, language, None), language)

    async def translate(self, item_id: str, language: str, *, shop: str | None = None) -> Translation:
        """Return the item's foreign texts in a language; a model is asked where that was not done before.

        Raises:
            NotFound: there is no such item in this shop.
            BadInput: the language is none of `READABLE`, or nothing of the item is in another one.
            TranslatorFailed: there is no model, or none of them gave a translation.
        """
        if language not in READABLE:
            raise BadInput(f"Choose one of {', '.join(READABLE)}.")
        matter = await asyncio.to_thread(self._matter, item_id, language, shop)
        if not matter.texts:
            raise BadInput("Nothing here is in another language.")
        there = await asyncio.to_thread(self._kept, matter, language)
        return there or await self._asked(matter, language)

    def _matter(self, item_id: str, language: str, shop: str | None) -> Matter:
        with self._database.reading() as session:
            item = items.get(session, item_id)
            if shop is not None and item.shop != shop:
                raise NotFound("There is no item of that id.")
            stored = reviews.get(session, item.review_id)
            case = Case(review=stored.review, shop=shops.get(session, item.shop), case_facts=stored.case_facts)
        return Matter(item_id=item_id, case=case, texts=self.foreign(item, stored.review, language))

    def _kept(self, matter: Matter, language: str) -> Translation | None:
        with self._database.reading() as session:
            return kept.find(session, matter.item_id, matter.texts, language)

    async def _asked(self, matter: Matter, language: str) -> Translation:
        """Ask the models in their order; all tries are stored."""
        translators = self._translators()
        tries: list[Attempt] = []
        failure = TranslatorFailed(NO_MODEL)
        for number, translator in enumerate(translators, start=1):
            try:
                translated = await translator.translate(
                    matter.case, matter.texts, language, seconds=SECONDS / len(translators)
                )
            except TranslatorFailed as error:
                failure = error
                tries.append(_failed(error, translator.name, number))
                continue
            tries.append(translated.tried.with_changes(number=number))
            translation = self._made(translated, translator.name, language)
            await asyncio.to_thread(self._store, matter, tries, translation)
            return translation
        if tries:
            await asyncio.to_thread(self._store, matter, tries, None)
        raise failure

    def _made(self, translated: Translated, model: str, language: str) -> Translation:
        made_by = translated.tried.model or model
        return Translation(language=language, texts=translated.texts, model=made_by, at=self._clock.now())

    def _store(self, matter: Matter, tries: list[Attempt], translation: Translation | None) -> None:
        with self._database.writing() as session:
            shop = matter.case.shop.name
            attempts.insert(session, None, attempts.NO_VERSION, tries, shop=shop, revision=0, now=self._clock.now())
            if translation is not None and items.is_there(session, matter.item_id):
                kept.keep(session, matter.item_id, matter.texts, translation)
        _log.info("translations.asked", extra={"item_id": matter.item_id, "tries": len(tries)})


def _failed(failure: TranslatorFailed, model: str, number: int) -> Attempt:
    return Attempt(
        writer=TRANSLATOR,
        model=failure.model or model,
        number=number,
        outcome="failed",
        codes=failure.codes,
        reason=str(failure),
        usage=failure.usage,
    )

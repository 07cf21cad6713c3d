"""Translations of an item's texts, kept so that a second look asks no model; they go with their item."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy.orm import Session

from drafter.domain.translation import Texts, Translation
from drafter.store.database import inserting
from drafter.store.tables import TranslationRow


def find(session: Session, item_id: str, texts: Texts, language: str) -> Translation | None:
    """Return the translation of exactly these texts of an item; a text that was changed since has none."""
    row = session.get(TranslationRow, (item_id, language, _hash(texts)))
    if row is None:
        return None
    return Translation.from_store(
        {"language": row.language, "texts": row.texts, "model": row.model, "at": row.created_at}
    )


def keep(session: Session, item_id: str, texts: Texts, translation: Translation) -> None:
    """Store the translation of an item's texts; of two that came at once the first one stays."""
    values = {
        "item_id": item_id,
        "language": translation.language,
        "texts_hash": _hash(texts),
        "texts": dict(translation.texts),
        "model": translation.model,
        "created_at": translation.at,
    }
    session.execute(inserting(session, TranslationRow).values(values).on_conflict_do_nothing())


def _hash(texts: Texts) -> str:
    canonical = json.dumps(dict(texts), ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()

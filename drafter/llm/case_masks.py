"""The masks of a case: what of its review and its facts is the customer's own, whoever asks a model about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from drafter.domain.case import Case
from drafter.domain.personal_data import find_personal_data
from drafter.llm.masks import Masks

#: Case facts that are the buyer's personal data as a whole; their keys are open, so a part of the key decides.
_NAME_KEYS = re.compile(r"(?:customer|buyer|recipient|receiver|user|full|first|last|family|real)_?name")
_DATA_KEYS = re.compile(
    r"address|phone|mobile|e?mail|order_?(?:id|no|number|ref)|tracking_?(?:id|no|number|code)|parcel_?(?:id|no|number)"
    r"|tax_?(?:id|no|number)|birth|account_?(?:id|no|number)|card_?(?:no|number)"
)
#: An order number without the sign or word that it was told by: so a reply may hold it. A shorter one may be a year.
_BARE_NUMBER = re.compile(r"(?=[\w-]*\d)[\w-]{5,}")
_LONGEST_DATUM = 200  # characters; a longer fact is a text, in which only what reads as personal is hidden


def masks_for(case: Case, *, names: Sequence[str] = ()) -> Masks:
    """Return the masks of one request: they know the customer's names and what the seller holds of him.

    Args:
        case: whose texts they are to hide.
        names: of other people, hidden likewise.
    """
    facts = {name.lower(): text for name, text in case.facts.items() if len(text) <= _LONGEST_DATUM}
    return Masks(
        author=case.review.author,
        region=case.review.region or case.shop.region,
        names=[*(text for name, text in facts.items() if _NAME_KEYS.search(name)), *names],
        known=[
            *(text for name, text in facts.items() if _NAME_KEYS.search(name) or _DATA_KEYS.search(name)),
            *([case.review.order_ref] if case.review.order_ref else []),
            *_order_numbers(case),
        ],
    )


def _order_numbers(case: Case) -> Iterator[str]:
    """Yield the order numbers that the customer wrote, as they stand without `#` or `order`."""
    text = case.review.full_text
    for datum in find_personal_data(text, region=case.review.region or case.shop.region):
        if datum.kind == "order_number":
            yield from _BARE_NUMBER.findall(text[datum.start : datum.end])

"""Stand-ins for personal data: what would identify or reach a person is replaced by something of the same form.

The form stays, so that a reader or a check that must notice an order number still has one to notice. The same datum
gets the same stand-in in all texts of a case. What is found is what the masks find that stand between a case and a
model, the facts of the case included; a third person's name in the running text is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import cycle

from drafter.domain.case import Case
from drafter.domain.names import usable_first_name
from drafter.domain.personal_data import find_personal_data
from drafter.llm.case_masks import masks_for
from drafter.llm.masks import DATUM, NAME, TEXT

_MARK = re.compile(r"\[(?P<kind>[A-Z]+(?:_[A-Z]+)*)(?:_(?P<number>[0-9]+))?\]")
_FIXED: Mapping[str, str] = {
    "EMAIL": "customer{number}@example.com",
    "URL": "https://example.com/{number}",
    "HANDLE": "@customer{number}",
    "CARD": "4111 1111 1111 1111",  # the card industry's own test number
    "ADDRESS": "{number} Example Street",
    "TAX_NUMBER": "111.444.777-35",  # its check digits are right, and it is nobody's
}
#: First and further names by the letters of the name that they stand for.
_NAMES = (("[\u0e00-\u0e7f]", ("มานี", "ใจดี")), ("[\u3040-\u30ff\u4e00-\u9fff]", ("さくら", "山田")))
_LATIN_NAMES = ("Alex", "Doe")
_NO_NAME = "a***x"  # for a display name by which nobody can be greeted


class StandIns:
    """The stand-ins of one case."""

    def __init__(self, case: Case, *, names: Sequence[str] = ()) -> None:
        """Make the stand-ins for a case.

        Args:
            case: whose author, order number, region and facts are known.
            names: further names that are replaced wherever they stand, as those of the people who decided.
        """
        author = case.review.author
        self._masks = masks_for(case, names=names)
        self._region = case.review.region or case.shop.region
        usable = usable_first_name(author)
        self.first_name = _name_like(usable)[0] if usable else None  # by which a greeting may call the customer
        self.author = self.first_name or (_NO_NAME if author else None)

    def within(self, text: str) -> str:
        """Return a text with everything personal replaced."""
        return _MARK.sub(self._stand_in, self._masks.hide(text))

    def _stand_in(self, mark: re.Match[str]) -> str:
        datum = self._masks.put_back(mark[0])
        if mark["kind"] == TEXT or datum == mark[0]:  # written by the customer, and no mark of ours
            return datum
        if mark["kind"] == NAME:
            return _name_like(datum)[0 if mark["number"] is None else 1]
        kind = self._kind_of_known(datum) if mark["kind"] == DATUM else mark["kind"]
        if kind == DATUM:
            return _like_known(datum)
        form = _FIXED.get(kind)
        return form.format(number=mark["number"] or 1) if form else _with_other_digits(datum)

    def _kind_of_known(self, datum: str) -> str:
        """Return what a datum of the case's facts reads like as a whole; `DATUM` where it reads like nothing."""
        found = find_personal_data(datum, region=self._region)
        whole = [one.kind.upper() for one in found if (one.start, one.end) == (0, len(datum))]
        return whole[0] if whole else DATUM


def _name_like(name: str) -> tuple[str, str]:
    """Return a first and a further name in the same script."""
    return next((names for letters, names in _NAMES if re.search(letters, name)), _LATIN_NAMES)


def _like_known(datum: str) -> str:
    """Return a name for what could be one, an address for words with a number, else the same form in X and digits."""
    numbered = any(map(str.isdigit, datum))
    if " " in datum and numbered:
        return _FIXED["ADDRESS"].format(number=1)
    if numbered or datum.isupper():
        return re.sub(r"[^\W\d_]", "X", _with_other_digits(datum))
    return " ".join(_name_like(datum)[: len(datum.split())])


def _with_other_digits(datum: str) -> str:
    """Return a number with other digits in the same places, and X for capitals that stand next to digits."""
    digits = cycle("1234567890")
    replaced = re.sub(r"\d", lambda _: next(digits), datum)
    return re.sub(r"(?<=\d)[A-Z]+|\b[A-Z]+(?=\d)", lambda capitals: "X" * len(capitals[0]), replaced)

"""Masks: personal data are replaced by marks before a text leaves for a model, and put back when the answer is here.

A mark is `[EMAIL_1]`, `[ORDER_NUMBER_2]`, `[NAME]`: the kind of the datum and a number, the same for the same datum
in all texts of one request. The customer's first name alone is put back in public, since a reply greets by it; all
else only in the private message. A mark that is left in a public reply is blocked by the check for unfilled fields.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import count
from typing import NamedTuple, get_args

from drafter.domain.names import usable_first_name
from drafter.domain.personal_data import Kind, find_personal_data
from drafter.llm.name_words import NameWords

NAME = "NAME"  # the first name's mark has no number; other words of the name begin at 2
TEXT = "TEXT"  # what the customer wrote that reads like one of our marks
DATUM = "DATUM"  # what the seller knows to be personal, whatever it looks like

NUMBER = "NUMBER"  # one of many digits, whatever it is: two numbers side by side can hide from their own patterns

SHORTEST_KNOWN = 4  # characters of a known datum that is looked for; a shorter one stands in too many words

_KINDS: dict[str, str] = {
    kind.replace("_", "").upper(): kind.upper() for kind in (*get_args(Kind), NAME, TEXT, DATUM, NUMBER)
}
_GAP = r"[\s_\\-]{0,3}"
_ANY_KIND = "|".join(kind.replace("_", _GAP) for kind in sorted(_KINDS.values(), key=len, reverse=True))
#: A mark as it should be, or mangled by a weak model in a way that leaves no doubt: `[Order number 1]`, `【NAME】`,
#: `[EMAIL\_1]`, or without brackets, if the capitals, the underscore and the number are there.
_MARK = re.compile(
    rf"(?P<escape>\\)?[\[【［{{<‹]\s*(?P<kind>(?i:{_ANY_KIND}))(?:{_GAP}(?P<number>[0-9]{{1,3}}))?\s*(?(escape)\\)[\]】］}}>›]"
    rf"|(?<![^\W_])(?P<bare_kind>{'|'.join(_KINDS.values())})_(?P<bare_number>[0-9]{{1,3}})(?![^\W_])"
)
_OURS = re.compile(rf"\[(?:{'|'.join(_KINDS.values())})(?:_[0-9]+)?\]")
_LONG_NUMBER = re.compile(r"\+?\d(?:[ \u00a0.\-–/()]{0,2}\d){8,}")  # nine digits or more


class _Span(NamedTuple):
    """What is to be hidden."""

    start: int
    end: int
    kind: str


class Masks:
    """The marks of one request: hide each text that goes out, put back what comes in."""

    def __init__(
        self,
        *,
        author: str | None = None,
        region: str | None = None,
        names: Sequence[str] = (),
        known: Sequence[str] = (),
    ) -> None:
        """Make the masks for one review.

        Args:
            author: the customer's name as the platform shows it; its words are hidden wherever they stand.
            region: ISO 3166-1 alpha-2; phone numbers in its national form are then hidden too.
            names: further names, hidden likewise.
            known: personal data that the seller has besides (the order's own number), hidden as they are written.
        """
        self._region = region
        self._name_words = NameWords(author, *names)
        self._known = _literally([datum.strip() for datum in known if len(datum.strip()) >= SHORTEST_KNOWN])
        self._first_name = usable_first_name(author)
        self._data: dict[str, str] = {}  # key of a mark (`EMAIL_1`) to what it stands for
        self._keys: dict[tuple[str, str], str] = {}  # kind and datum to the key
        self._written: set[str] = set()  # keys that somebody wrote into a text himself
        if self._first_name is not None:
            self._data[NAME] = self._first_name
            self._keys[NAME, self._first_name] = NAME

    @property
    def first_name(self) -> str | None:
        """The mark to greet by; None where the display name holds no name that one can be greeted by."""
        return None if self._first_name is None else f"[{NAME}]"

    def hide(self, text: str) -> str:
        """Return the text with marks in place of personal data."""
        text = self._marked(text, self._lookalikes_in(text, ()))
        while spans := self._spans(text):  # a mark may bring to light what an overlapping datum hid
            text = self._marked(text, spans)
        return text

    def put_back(self, text: str) -> str:
        """Return a private text with what its marks stand for; one that cannot be told stays as it is."""
        return _MARK.sub(lambda mark: self._data.get(self._key(mark), mark[0]), text)

    def put_back_name(self, text: str) -> str:
        """Return a public text with the first name; other marks of ours stay, in the form that the checks block."""
        return _MARK.sub(self._in_public, text)

    def _in_public(self, mark: re.Match[str]) -> str:
        key = self._key(mark)
        if key not in self._data:
            return mark[0]
        first = self._first_name
        is_first_name = first is not None and self._data[key].casefold() == first.casefold()
        return first if first is not None and is_first_name else f"[{key}]"

    def _key(self, mark: re.Match[str]) -> str:
        """Return the key that is meant, as it would be; a number may be left out where there is only one."""
        kind = _kind(mark)
        number = mark["number"] or mark["bare_number"]
        if kind == NAME and (number is None or int(number) == 1):
            return NAME
        if number is not None:
            return f"{kind}_{int(number)}"
        of_kind = [key for key in self._data if re.fullmatch(rf"{kind}_[0-9]+", key)]
        return of_kind[0] if len(of_kind) == 1 else kind

    def _marked(self, text: str, spans: list[_Span]) -> str:
        pieces, at = [], 0
        for span in spans:
            datum = text[span.start : span.end]
            if span.kind != TEXT:
                datum = self.put_back(datum)  # with what earlier marks in it stand for
            pieces += [text[at : span.start], self._mark(span.kind, datum)]
            at = span.end
        return "".join([*pieces, text[at:]])

    def _mark(self, kind: str, datum: str) -> str:
        key = self._keys.get((kind, datum))
        if key is None:
            numbers = count(2 if kind == NAME else 1)
            taken = self._data.keys() | self._written
            key = next(key for number in numbers if (key := f"{kind}_{number}") not in taken)
            self._data[key] = datum
            self._keys[kind, datum] = key
        return f"[{key}]"

    def _spans(self, text: str) -> list[_Span]:
        """Return what is still to be hidden, in order: first data, and where there are none left, the name."""
        ours = [match.span() for match in _OURS.finditer(text)]
        for found in (self._lookalikes_in(text, ours), self._data_in(text), self._names_in(text)):
            spans = _merged([_whole_marks(span, ours) for span in found])
            if fresh := [span for span in spans if (span.start, span.end) not in ours]:
                return fresh
        return []

    def _lookalikes_in(self, text: str, ours: Collection[tuple[int, int]]) -> list[_Span]:
        """Return what reads like a mark and is none of ours, so that it is not taken for one later."""
        found = [match for match in _MARK.finditer(text) if match.span() not in ours]
        self._written.update(map(self._key, found))
        return [_Span(*match.span(), TEXT) for match in found]

    def _data_in(self, text: str) -> list[_Span]:
        found = find_personal_data(text, region=self._region)
        return [
            *(_Span(datum.start, datum.end, datum.kind.upper()) for datum in found),
            *(_Span(*match.span(), DATUM) for match in self._known.finditer(text)),
            *(_Span(*match.span(), NUMBER) for match in _LONG_NUMBER.finditer(text)),
        ]

    def _names_in(self, text: str) -> list[_Span]:
        """Return the words of the name outside of marks, which may hold the same letters."""
        bare = _OURS.sub(lambda mark: "[" + " " * (len(mark[0]) - 2) + "]", text)
        return [_Span(*span, NAME) for span in self._name_words.find(bare)]


def _literally(texts: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted(texts, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered)) or '(?!)'})(?!\w)", re.IGNORECASE)


def _kind(mark: re.Match[str]) -> str:
    return _KINDS[re.sub(r"[\W_]", "", mark["kind"] or mark["bare_kind"]).upper()]


def _whole_marks(span: _Span, ours: list[tuple[int, int]]) -> _Span:
    """Return the span with the whole of each mark that it cuts."""
    cut = [mark for mark in ours if mark[0] < span.end and span.start < mark[1]]
    return span._replace(
        start=min([span.start, *(start for start, _ in cut)]), end=max([span.end, *(end for _, end in cut)])
    )


def _merged(spans: list[_Span]) -> list[_Span]:
    """Return the spans in order, those that overlap as one, of the first kind that says more than `NUMBER`."""
    merged: list[_Span] = []
    for span in sorted(spans):
        last = merged[-1] if merged else None
        if last is not None and span.start < last.end:
            kind = span.kind if last.kind == NUMBER else last.kind
            merged[-1] = _Span(last.start, max(last.end, span.end), kind)
        else:
            merged.append(span)
    return merged

"""What a person sees of a text, with a map back to the text as it is stored.

Web forms leave HTML entities and tags behind, phones decompose accents, and tricksters hide words: invisible and
right-to-left characters, letters of other scripts that look Latin, full-width and ornamental letters, stacked marks
(Unicode UTR 36 and UTS 39 describe the tricks). Whoever searches a text searches its visible form, and quotes the
stored one.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from drafter.domain.text import Span
from drafter.domain.yaml_files import parsed

_ENTITY = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BREAKING_TAG = re.compile(r"</?(?:br|p|div|li|ul|ol|tr|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|i|u|s|em|strong|span|font|small|big|mark|td|table|img)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE
)
#: Characters that are what they look like, composed and of one width: a text of nothing else is its own visible form.
_PLAIN = re.compile(
    "[ -~\n\u00a1-\u00ac\u00ae-\u024f\u1e00-\u1eff\u0e01-\u0e5b\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ac"
    "\u3001-\u3020\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
    "\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff]*"
)
_TURNED_ROUND = re.compile("\u202e([^\u202c\u202d\u202e\n\r]*)\u202c?")
_CLUSTER = re.compile(
    r"\S[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\u3099\u309a\uff9e\uff9f]*|\s", re.DOTALL
)
_MARK = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]")
#: Characters that show nothing and are no format characters (`Cf`) to Unicode: fillers and variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
#: Letters and digits in another dress, and the katakana of half width. Punctuation keeps its dress, and so does the
#: Thai vowel am, which the compatibility form would tear apart.
_DRESSED = re.compile(
    "[\uff10-\uff19\uff20-\uff3a\uff41-\uff5a\uff66-\uff9f\u2100-\u214f\u2460-\u24e9\ufb00-\ufb06"
    "\U0001d400-\U0001d7ff\U0001f110-\U0001f149]"
)
_KEPT = frozenset("™℠№℃℉Ωℓ℮")  # signs with a meaning of their own among the letter-like ones
_SQUARED = (0x1F150, 0x1F170)  # negative circled and squared capitals, from A
_WORD = re.compile(r"[^\W_]{2,}")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True)
class Visible:
    """The visible form of a text, and where each of its characters comes from."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def stored(self, span: Span) -> Span:
        """Return the stretch of the stored text behind a stretch of the visible one."""
        if span.start >= span.end:
            at = self.starts[span.start] if span.start < len(self.starts) else (max(self.ends) if self.ends else 0)
            return Span(at, at)
        return Span(min(self.starts[span.start : span.end]), max(self.ends[span.start : span.end]))


def seen(text: str) -> Visible:
    """Return the visible form of a text; its case, its punctuation and its emoji stay."""
    view = Visible(text, range(len(text)), range(1, len(text) + 1))
    if "&" in text:
        view = _replaced(view, _ENTITY, _unescaped)
    if "<" in view.text:
        view = _replaced(_replaced(view, _BREAKING_TAG, lambda _: "\n"), _TAG, lambda _: "")
    if _PLAIN.fullmatch(view.text):
        return view
    if "\u202e" in view.text:
        view = _turned_back(view)
    view = _replaced(view, _CLUSTER, lambda cluster: _undressed(cluster[0]))
    return _in_latin(view)


def visible(text: str) -> str:
    """Return a text as a person sees it."""
    return seen(text).text


def _unescaped(entity: re.Match[str]) -> str:
    """Return what an entity stands for, also one that was escaped more than once."""
    text = entity[0]
    while (once := html.unescape(text)) != text:
        text = once
    return text


def _replaced(view: Visible, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Visible:
    """Return the view with each match replaced; what is unchanged keeps its place to the character."""
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for match in pattern.finditer(view.text):
        text = new(match)
        if text == match[0]:
            continue
        pieces += _characters(view, at, match.start())
        if len(text) == len(match[0]):
            old = _characters(view, *match.span())
            pieces += [(char, start, end) for char, (_, start, end) in zip(text, old, strict=True)]
        else:
            start, end = view.stored(Span(*match.span()))
            pieces += [(char, start, end) for char in text]
        at = match.end()
    if not pieces and at == 0:
        return view
    return _joined([*pieces, *_characters(view, at, len(view.text))])


def _characters(view: Visible, start: int, end: int) -> list[tuple[str, int, int]]:
    return list(zip(view.text[start:end], view.starts[start:end], view.ends[start:end], strict=True))


def _joined(pieces: Iterable[tuple[str, int, int]]) -> Visible:
    texts, starts, ends = zip(*pieces, strict=True) if (pieces := list(pieces)) else ((), (), ())
    return Visible("".join(texts), starts, ends)


def _turned_back(view: Visible) -> Visible:
    """Return the view with what stands after a right-to-left override in the order in which it is seen."""
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for match in _TURNED_ROUND.finditer(view.text):
        pieces += _characters(view, at, match.start())
        pieces += _characters(view, match.start(1), match.end(1))[::-1]
        at = match.end()
    return _joined([*pieces, *_characters(view, at, len(view.text))])


@lru_cache(maxsize=8192)
def _undressed(cluster: str) -> str:
    """Return a character and its marks as a plain character: composed, without stacked marks, or nothing."""
    if len(cluster) == 1 and cluster.isspace():
        return _space(cluster)
    bare = "".join(char for char in _BLANK.sub("", cluster) if unicodedata.category(char) not in {"Cf", "Cc", "Cs"})
    if _DRESSED.search(bare) and bare not in _KEPT:
        bare = unicodedata.normalize("NFKC", bare)
    bare = "".join(map(_squared, bare)).translate(_look_alikes("latin"))
    return _MARK.sub("", unicodedata.normalize("NFC", bare))


def _space(char: str) -> str:
    if char in "\u2028\u2029\x85\v\f":
        return "\n"
    return char if char in "\n\r\t \u3000" else " "


def _squared(char: str) -> str:
    for first in _SQUARED:
        if first <= ord(char) < first + 26:
            return chr(ord("A") + ord(char) - first)
    return char


def _in_latin(view: Visible) -> Visible:
    """Return the view with look-alikes in Latin words as Latin letters; words of other scripts stay."""
    table = _look_alikes("cyrillic") | _look_alikes("greek") | _look_alikes("armenian")
    if not any(ord(char) in table for char in set(view.text)):
        return view
    letters = sum(map(str.isalpha, view.text))
    mostly_latin = len(_LATIN.findall(view.text)) * 2 > letters

    def latin(word: re.Match[str]) -> str:
        mixed = _LATIN.search(word[0]) is not None
        disguised = mostly_latin and all(ord(char) in table for char in word[0])
        return word[0].translate(table) if mixed or disguised else word[0]

    return _replaced(view, _WORD, lambda word: new if len(new := latin(word)) == len(word[0]) else word[0])


@cache
def _look_alikes(script: str) -> dict[int, str]:
    """Return the Latin letters that the letters of a script are taken for."""
    content = parsed((Path(__file__).parent / "look_alikes.yaml").read_text(encoding="utf-8"))
    return {ord(char): latin for char, latin in zip(*content[script], strict=True)}

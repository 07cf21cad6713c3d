"""Scripts that give a language away by themselves."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

#: By the name that Unicode gives their characters.
_BY_SCRIPT = {
    "THAI": "th",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GREEK": "el",
    "HEBREW": "he",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}
_UKRAINIAN = frozenset("іїєґІЇЄҐ")
#: Scripts whose words are far shorter than Latin ones.
_DENSE = frozenset({"THAI", "HIRAGANA", "KATAKANA", "HANGUL", "CJK"})
_ENOUGH_DENSE = 0.3  # share of the letters from which such a script speaks for a text with Latin words in it
_ENOUGH = 0.5  # and any other one


def by_script(prose: str, hint: str | None) -> str | None:
    """Return the language that the script gives away; None for the Latin script and for no letters."""
    scripts = Counter(script_of(char) for char in prose if char.isalpha())
    total = scripts.total()
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana and kana + scripts["CJK"] >= total * _ENOUGH_DENSE:
        return "ja"
    telling = [name for name, count in scripts.most_common() if _speaks(name, count, total)]
    if not telling:
        return None
    if telling[0] == "CJK":
        return "ja" if hint == "ja" else "zh"
    if telling[0] == "CYRILLIC" and _UKRAINIAN.intersection(prose):
        return "uk"
    return _BY_SCRIPT[telling[0]]


def _speaks(script: str, letters: int, total: int) -> bool:
    return script in _BY_SCRIPT and letters >= total * (_ENOUGH_DENSE if script in _DENSE else _ENOUGH)


@cache
def script_of(char: str) -> str:
    """Return the first word of a character's Unicode name, which for letters is the script."""
    return unicodedata.name(char, "?").split(" ", 1)[0].split("-", 1)[0]

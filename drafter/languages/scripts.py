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
_ENOUGH = 0.3  # share of the letters from which a script speaks for the text; its words are shorter than Latin ones


def by_script(prose: str, hint: str | None) -> str | None:
    """Return the language that the script gives away; None for the Latin script and for no letters."""
    scripts = Counter(script_of(char) for char in prose if char.isalpha())
    enough = sum(scripts.values()) * _ENOUGH
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana and kana + scripts["CJK"] >= enough:
        return "ja"
    telling = [name for name, count in scripts.most_common() if name in _BY_SCRIPT and count >= enough]
    if not telling:
        return None
    if telling[0] == "CJK":
        return "ja" if hint == "ja" else "zh"
    if telling[0] == "CYRILLIC" and _UKRAINIAN.intersection(prose):
        return "uk"
    return _BY_SCRIPT[telling[0]]


@cache
def script_of(char: str) -> str:
    """Return the first word of a character's Unicode name, which for letters is the script."""
    return unicodedata.name(char, "?").split(" ", 1)[0].split("-", 1)[0]

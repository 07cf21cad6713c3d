"""Names: which part of a display name a greeting may use."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

MAX_LETTERS = 20  # of the part that is used; longer ones are handles

_UNUSABLE = re.compile(r"[\d@*_#/\\|+=~^<>{}\[\]()•●…%$€£,;:!?&\"“”„«»]|\.\w|www|\.\.")
_INNER_CAPITAL = re.compile(r"^(?:Mc|Mac|De|Di|Da|La|Le|Du|Fitz|Van|O['’]|D['’]|L['’])?\w[^\W\d_A-ZÀ-Þ]*$")
_UNSPACED = ("THAI", "HIRAGANA", "KATAKANA", "CJK", "HANGUL", "LAO", "KHMER", "MYANMAR")
_OWN_SCRIPTS = {"th": {"THAI"}, "ja": {"HIRAGANA", "KATAKANA", "CJK"}}
_HONORIFIC = re.compile(r"^คุณ(?=.)|(?<=.)(?:さん|様|さま|ちゃん|くん|君)$")


@cache
def _listed(name: str) -> frozenset[str]:
    lines = files("drafter.domain").joinpath(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.casefold() for line in lines if line and not line.startswith("#"))


def usable_first_name(author: str | None) -> str | None:
    """Return the part of a display name by which its owner can be greeted, or None.

    It is the first part of a real name ("Ana" of "Ana M."), in Vietnamese order the last one. None where the name is
    masked, a handle, like an e-mail address, has digits, is one word in small letters or all in capitals, stands
    for no person ("Amazon Customer"), or is not written in one alphabet.
    """
    name = _without_symbols(unicodedata.normalize("NFC", author or ""))
    if not name or _UNUSABLE.search(name) or not _is_person(name):
        return None
    parts = [part.strip(".-'’·") for part in name.split()]
    if not parts or (len(parts) == 1 and name.islower()) or (name.isupper() and len(name) > 2):
        return None
    part = _HONORIFIC.sub("", _called(parts))
    if part.islower():
        part = part.capitalize()
    return part if _is_name(part) else None


def suits(name: str, language: str) -> bool:
    """Whether a name is written in letters that a text of the language holds: Latin, or the language's own."""
    scripts = {_script(mark) for mark in name if unicodedata.category(mark)[0] == "L"}
    return scripts <= {"LATIN"} | _OWN_SCRIPTS.get(language, set())


def _called(parts: list[str]) -> str:
    vietnamese = len(parts) > 1 and parts[0].casefold() in _listed("vietnamese_family_names")
    return parts[-1] if vietnamese else parts[0]


def _without_symbols(name: str) -> str:
    """Return the name without emoji, joiners and variation marks, and with single spaces."""
    kept = (" " if unicodedata.category(mark) in ("So", "Sk", "Cf", "Cn", "Co", "Cs", "Cc") else mark for mark in name)
    return " ".join("".join(kept).replace("\ufe0f", "").split())


def _is_person(name: str) -> bool:
    folded = name.casefold()
    words = [word for word in re.split(r"[\s.\-·]+", folded) if word]
    if any(word in _listed("generic_names") for word in words) or f"^{words[0] if words else ''}" in _listed(
        "generic_names"
    ):
        return False
    return not any(word in folded for word in _listed("generic_names") if _script(word[0]) in _UNSPACED)


def _is_name(part: str) -> bool:
    letters = [mark for mark in part if unicodedata.category(mark)[0] == "L"]
    scripts = {_script(mark) for mark in letters}
    if not letters or len(part) > MAX_LETTERS or re.search(r"(.)\1\1", part.casefold()):
        return False
    if scripts & set(_UNSPACED):
        return scripts <= {"HIRAGANA", "KATAKANA", "CJK"} or len(scripts) == 1
    return len(letters) > 1 and len(scripts) == 1 and _looks_written(part)


def _looks_written(part: str) -> bool:
    """Whether a word of a spaced alphabet is written as a name: one capital in front of each part, and a vowel."""
    pieces = re.split(r"[-'’]", part)
    if not all(_INNER_CAPITAL.match(piece) for piece in pieces if piece):
        return False
    bare = unicodedata.normalize("NFD", part).casefold()
    return _script(part[0]) != "LATIN" or any(vowel in bare for vowel in "aeiouyœæøı")


@cache
def _script(mark: str) -> str:
    return unicodedata.name(mark, "NONE").split()[0].split("-")[0]

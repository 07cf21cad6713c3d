"""Pure functions over text that readers, writers and guardrails share: where sentences end, which of them count."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import sentencex

from drafter.domain.yaml_files import parsed

#: Codes that sentencex spells differently.
_SENTENCEX_CODES = {"fil": "tl", "und": "en"}

_CHATTY = frozenset({"id", "ms", "fil"})

#: Written without spaces between words.
UNSPACED_LANGUAGES = frozenset({"th", "ja"})

_EMOJI = (
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\U0001f000-\U0001faff\U000e0000-\U000e007f\ufe0f\u200d\u20e3]"
)
_EMOJI_RUN = re.compile(rf"(?<!\s)\s*{_EMOJI}(?:\s*{_EMOJI})*\s*")
_LINE = re.compile(r"[\n\r\u2028\u2029\v\f\x85]+")
#: What opens a sentence of its own wherever it stands: a bullet, a numbered point, a postscript.
_OPENER = re.compile(r"(?<=\s)(?=(?:[•▪●‣◦–*]|[1-9][.)])\s+\S)|(?<=[\s.!?。])(?=p\.?\s?s\.?\s?[:\-–]|P\.?S\.?\s)")
#: A number with a full stop is a point of a list only where there is a first and a second one: "am 3. Mai" is none.
_NUMBERED = re.compile(r"[1-9][.)]\s")
_LISTED = re.compile(r"(?<!\S)1[.)]\s.*(?<!\S)2[.)]\s", re.DOTALL)
#: Two full stops, by which chats in Indonesian, Malay and Filipino often end a sentence; three only pause.
_TWO_STOPS = re.compile(r"(?<=[^\W\d_])\.\.(?!\.)\s+(?=\S)")
_SHORTENED = 40  # characters before an end in which a shortened word stands, with the space after it
_ABBREVIATED = re.compile(r"(?<![^\W_])([^\W\d_]+)\.\s+\Z")
#: A German ordinal, after which a noun follows: "im 3. Stock".
_ORDINAL = re.compile(
    r"(?<!\w)(?:im|am|den|dem|der|die|das|zum|zur|vom|beim|ab|bis|seit|ihre?[rnms]?)\s\d{1,2}\.\s+\Z", re.IGNORECASE
)
#: A full stop with the next sentence glued to it ("chat.We").
_GLUED = re.compile(r"(?<=[^\W\d_]{2}[.!?])(?=[A-ZÀ-ÖØ-ÞĂĐƠƯ][^\W\d_]*[\s,'’])")
#: A closing particle: ค่ะ and ครับ end a sentence wherever they stand, the others only before a boundary.
_THAI_CLOSE = r"(?=[\s.!?~^…)”\"’»\]]|$|คุณ(?!ค่า|ภาพ))"
_THAI_END = re.compile(
    rf"(?:ค่ะ/ครับ|คะ/ครับ|ครับ/ค่ะ|ครับผม|ค่ะ|ครับ|(?:คะ|คับ|ค้าบ|จ้ะ|จ๊ะ|จ๋า|ฮ่ะ){_THAI_CLOSE}"
    rf"|(?<![เ])(?:จ้า|ฮะ){_THAI_CLOSE}|(?<!คุณ)(?<!มูล)(?<!ราคา)(?<!มี)ค่า{_THAI_CLOSE})[\s.!?~^…ๆ]*(?:{_EMOJI}\s*)*"
)
_JAPANESE_END = re.compile(
    r"(?:ます|ました|です|でした|ません|ませ|さい|ね|よ|か|い|た)[♪☆★〜~♡❤]+\s*"
    r"|(?:ます|ました|です|でした|ません|ませ|さい)[ \u3000]+|[（(]笑[）)](?=[^。！？])"
)
_JAPANESE_STOP = re.compile(r"[。！？]+(?=[^\s。！？!?…」』）)”\]、])")
#: After a quotation that closes, the sentence goes on.
_JAPANESE_GOES_ON = re.compile(r"[」』）)”](?=$)")
_PARTICLE = re.compile(r"(?:と|って|という|との|を|が|は|に|の|も|で|へ|や|な|、|「|『)")
_THAI = re.compile("[ก-ฮ]")
_THAI_GREETING = re.compile(
    r"^\s*(?:สวัสดี|หวัดดี)(?:ค่ะ|ครับ|คะ|จ้า)?\s*(?:คุณลูกค้า|ลูกค้า|คุณ\S+)?(?:\s*(?:ค่ะ|ครับ|คะ)(?=\s))?[,!]?\s+"
)
_AFTER_COMMA = re.compile(r"[,.!?]\s*([^\W\d_].*)", re.DOTALL)
_QUOTES = {"“": "”", "„": "“", "«": "»", "「": "」", "『": "』", "‹": "›"}
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")

_JAPANESE_GREETING = re.compile(
    r"(?:こんにちは|こんばんは|おはようございます|はじめまして|\S{1,20}(?:様|さま|さん))[、。，！!,\s]*$"
)
#: A full stop after a word, with a capital after it: an end, unless the word is an abbreviation.
_STOP = re.compile(r"(?<![^\W_])([^\W\d_]+)\.[\"'”’»)]*\s+(?=[\"“«¿¡(]?[A-ZÀ-ÖØ-ÞĂĐƠƯ])")


class _Lists(NamedTuple):
    """The words of `sentences.yaml`."""

    greeting: re.Pattern[str]
    sign_off: re.Pattern[str]
    abbreviations: frozenset[str]
    titles: frozenset[str]  # abbreviations that something always follows
    openers: frozenset[str]
    sizes: frozenset[str]
    forms: frozenset[str]
    wishes: frozenset[str]


@cache
def _lists() -> _Lists:
    content = parsed((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))
    return _Lists(
        re.compile(rf"(?:{'|'.join(content['greetings'])})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?:{'|'.join(content['sign_offs'])})(?![A-Za-z\u00c0-\u1ef9])", re.IGNORECASE),
        frozenset(content["abbreviations"].split()),
        *(frozenset(content[name].split()) for name in ("titles", "openers", "sizes", "forms", "wishes")),
    )


class Span(NamedTuple):
    """A stretch of a text, in code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the stretch itself."""
        return text[self.start : self.end]


def sentences(text: str, language: str = "en") -> list[Span]:
    """Return the sentences of a text, without the white space around them.

    A line of its own, a bullet, a numbered point and a postscript are sentences, and so are sentences parted only by
    emoji; a Thai closing particle ends one. Abbreviations, decimals and quoted full stops end nothing.
    """
    spans = [span for line in _lines(text) for span in _within_line(text, line, language)]
    return [span for span in spans if _says_something(span.of(text))]


def counted_sentences(text: str, language: str = "en") -> list[Span]:
    """Return the sentences that count against a reply's length: no greeting, no sign-off of up to four words."""
    spans = sentences(text, language)
    while spans and is_greeting(spans[0].of(text)):
        spans = spans[1:]
    for _ in range(2):  # a closing formula and the name below it
        if len(spans) > 1 and _is_sign_off(text, spans):
            spans = spans[:-1]
    return spans


def words(text: str) -> list[Span]:
    """Return the words of a text, in scripts that part them by spaces."""
    return [Span(*match.span()) for match in _WORD.finditer(text)]


def is_greeting(sentence: str) -> bool:
    """Whether a sentence only greets ("Hi Ana!"): a greeting word and a name, or a name alone before a comma."""
    bare = sentence.strip()
    if _JAPANESE_GREETING.match(bare):
        return True
    greeting = _lists().greeting.match(bare)
    if greeting is None:
        return bare.endswith(",") and len(words(bare)) <= 3 and bare[0].isupper()
    rest = bare[greeting.end() :]
    return len(words(rest)) <= 4 and not _goes_beyond_names(rest)


def _goes_beyond_names(rest: str) -> bool:
    """Whether more than a name follows a greeting and a comma: "Hi Ana, thanks!", but not "Halo, Kak Rina!"."""
    after = _AFTER_COMMA.search(rest)
    if after is None:
        return False
    first, *others = (word.of(after[1]) for word in words(after[1]))
    if first.lower() in _lists().forms:
        return len(others) > 2
    return bool(others) or first.lower() in _lists().wishes


def _is_sign_off(text: str, spans: list[Span]) -> bool:
    last = spans[-1].of(text)
    if len(words(last)) > 4:
        return False
    formula = _lists().sign_off.match(last.lstrip("-–—~ "))
    if formula is not None:
        return True
    between = text[spans[-2].end : spans[-1].start]
    apart = bool(_LINE.search(between)) or last[0] in "-–—~∞"
    return (
        apart and last[-1] not in ".!?。！？" and not _THAI_END.search(last) and (last[0] in "-–—~∞" or _is_name(last))
    )


def _is_name(text: str) -> bool:
    """Whether it reads as a signature: each longer word with a capital, or no case at all; no thanks, no wish."""
    if any(word.of(text).lower() in _lists().wishes for word in words(text)[:1]):
        return False
    return all(word[0].isupper() or not word[0].islower() or len(word) <= 3 for word in text.split())


def _lines(text: str) -> list[Span]:
    spans: list[Span] = []
    at = 0
    for match in _LINE.finditer(text):
        spans.append(Span(at, match.start()))
        at = match.end()
    return [*spans, Span(at, len(text))]


def _within_line(text: str, line: Span, language: str) -> list[Span]:
    """Return the sentences of one line."""
    content = line.of(text)
    ends = sorted(_ends(content, language) | {len(content)})
    spans: list[Span] = []
    start = 0
    for end in ends:
        if end <= start:
            continue
        piece = content[start:end]
        if end != len(content) and _quote_is_open(piece):
            continue
        left = line.start + start + len(piece) - len(piece.lstrip())
        spans.append(Span(left, left + len(piece.strip())))
        start = end
    return spans


def _ends(content: str, language: str) -> set[int]:
    ends: set[int] = set()
    at = 0
    for segment in sentencex.segment(_SENTENCEX_CODES.get(language, language), content):
        found = content.find(segment, at)
        if found < 0:  # a segmenter that changes the text is not followed further
            break
        at = found + len(segment)
        ends.add(at)
    ends.update(match.end() for match in _STOP.finditer(content) if _stops(content, match))
    ends = {end for end in ends if not _abbreviates(content, end)}
    ends.update(match.start() for match in _OPENER.finditer(content) if _opens(content, match.start()))
    if language in _CHATTY:
        ends.update(match.end() for match in _TWO_STOPS.finditer(content))
    ends.update(match.start() for match in _GLUED.finditer(content))
    ends.update(match.end() for match in _EMOJI_RUN.finditer(content) if _parts_sentences(content, match))
    if _THAI.search(content):
        ends = _without_abbreviations(content, ends)
        ends.update(match.end() for match in _THAI_END.finditer(content))
        if greeting := _THAI_GREETING.match(content):
            ends = {end for end in ends if end >= greeting.end()} | {greeting.end()}
    if language == "ja":
        ends.update(match.end() for match in _JAPANESE_END.finditer(content))
        ends.update(match.end() for match in _JAPANESE_STOP.finditer(content))
        ends = {end for end in ends if not _goes_on(content, end)}
    return ends


def _stops(content: str, stop: re.Match[str]) -> bool:
    """Whether a full stop with a capital after it ends a sentence; after a single letter, if that measures."""
    word = stop[1].lower()
    if _is_opened(content, stop.end()):
        return True
    if len(word) == 1:
        before = words(content[: stop.start()])[-1:]
        return bool(before) and (before[0].of(content)[-1].isdigit() or before[0].of(content).lower() in _lists().sizes)
    return word not in _lists().abbreviations


def _is_opened(content: str, at: int) -> bool:
    """Whether a word stands at a place that opens a sentence, with a capital."""
    word = _WORD.search(content, at)
    return word is not None and word[0][0].isupper() and word[0].lower() in _lists().openers


def _abbreviates(content: str, end: int) -> bool:
    """Whether the full stop before an end only shortens a word, after which the sentence goes on."""
    before = content[max(0, end - _SHORTENED) : end]
    if _ORDINAL.search(before) and content[end : end + 1].isupper() and not _is_opened(content, end):
        return True
    word = _ABBREVIATED.search(before)
    if word is None or not content[end:] or _is_opened(content, end):
        return False
    shortened = word[1].lower()
    goes_on = content[end].islower() or content[end].isdigit()
    return shortened in _lists().titles or (goes_on and shortened in _lists().abbreviations)


def _opens(content: str, start: int) -> bool:
    """Whether what looks like a bullet or a numbered point is one."""
    return not _NUMBERED.match(content, start) or bool(_LISTED.search(content))


def _without_abbreviations(content: str, ends: set[int]) -> set[int]:
    """Return the ends without full stops: Thai has none, only abbreviations (น., กทม.)."""
    return {end for end in ends if not content[:end].rstrip().endswith(".") or content[:end].rstrip().endswith("..")}


def _goes_on(content: str, end: int) -> bool:
    """Whether a Japanese sentence goes on after a quotation that has ended in it."""
    return bool(_JAPANESE_GOES_ON.search(content[:end])) and bool(_PARTICLE.match(content, end))


def _parts_sentences(content: str, emoji: re.Match[str]) -> bool:
    """Whether emoji stand between two sentences: both sides say something, and the second begins like one."""
    before, after = content[: emoji.start()], content[emoji.end() :]
    if not emoji[0].endswith((" ", "\u3000")) and after[:1].isascii():
        return False
    if re.match(r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]", after):
        return len(after) > 6 and bool(
            re.search(r"(?:ます|ました|です|でした|ません|ませ|さい|ね|よ|ค่ะ|คะ|ครับ|นะ)\s*$", before)
        )
    if len(words(before)) < 2 or len(words(after)) < 2:
        return False
    return after[0].isupper() or before.lstrip()[0].islower() or words(after)[0].of(after) in _lists().wishes


def _quote_is_open(piece: str) -> bool:
    """Whether a quotation begins in the piece and does not end in it."""
    for opening, closing in _QUOTES.items():
        if opening in piece and piece.rfind(opening) > piece.rfind(closing):
            return not (opening == "“" and "„" in piece and piece.rfind("„") < piece.rfind("“"))
    return piece.count('"') % 2 == 1


def _says_something(sentence: str) -> bool:
    return any(character.isalnum() for character in sentence)

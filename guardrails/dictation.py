"""What a review dictates: an instruction about the answer, and the words that it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.normalise import seen
from guardrails.subject import Subject

#: An instruction to say something, and the words that it asks for.
_DICTATION = re.compile(
    r"(?<![a-z])(?:repl(?:y|ies)|answer|respond|say|write|include|add|start|begin|end|print|output|repeat|responda|responde|escrib[ae]|diga|di|escreva"
    r"|inclua|réponde[zs]?|écri(?:vez|s)|dites|antworte|schreibe?|sage?|rispondi|scrivi|balas|tulis|jawab|katakan|sumagot|isulat|ตอบ(?:ว่า)?"
    r"|เขียนว่า|พิมพ์ว่า|trả lời|viết|nói)(?![a-z])"
    r"(?:\s+(?:only|the|your|reply|words?|phrase|sentence|this|by|saying|exactly))*"
    r"(?:\s+(?:with|that|exactly|con|com|par|mit|que|dengan|bahwa|rằng|là|ng|na)(?![a-z])\s*[:：]?|\s*[:：]|(?=\s*[\"“'‘«「]))"
    r"\s*[\"“'‘«「]?(?P<words>[^\"“”«»「」\n]{6,120})"
)

_DICTATED = 6  # characters of a dictated passage, so that "it is" is none
_DICTATED_QUOTE = 8
_AFTER_QUOTE = 25
_BEFORE_QUOTE = 90  # code points in which an instruction stands before what it quotes
_QUOTE = re.compile(r"[\"“”„«「『‘](?P<words>[^\"“”„«»「」『』\n]{6,160})[\"“”»」』]")
_QUOTE_END = re.compile(r"[\n\"“”«».!?。！？」』]")
_SENTENCE_END = re.compile(r"[\n.!?。！？]")
#: An instruction about the answer, whatever it asks for.
_INSTRUCTION = re.compile(
    r"(?<![a-z])(?:(?:when|if) you (?:reply|answer|respond)|your (?:reply|answer|response)"
    r"|(?:end|finish|start|begin|close|sign) (?:it |off )?with"
    r"|(?:repl(?!ac)|answer|respond|write|include|mention|insert|output|print)[a-z]*|say(?:s|ing)?"
    r"|respond[ae]|responde|escrib[ae]|incluy[ae]|contesta|escreva|inclua"
    r"|réponde[zs]?|écri(?:vez|s)|termine[zs]?|antworte|schreibe?|beende|rispondi|scrivi|termina|balas|tulis(?:kan)?|jawab|sebutkan|akhiri|sertakan"
    r"|balasan|sumagot|isulat|sagutin|sagot|sabihin|trả lời|viết|ghi|tapusin|simulan|magsimula|jawapan|akhiri|mulakan"
    r"|mulai|awali|câu trả lời|bắt đầu|kết thúc|schließe?[nst]*|beginne?[nst]*|antwort\w*|empiez[ae]"
    r"|comienz[ae]|termin[ae]|salud[ae]|comece|comme(?:nce|ncez)|inizi[ao]|salut[ao]|dicendo|diciendo|dizendo|disant|diga"
    r"|di che|resposta|respuesta|réponse|risposta|assistant|asistente|assistente|assistent\w*"
    r"|pembantu|asisten|trợ lý)(?![a-z])|ตอบ|เขียน|พิมพ์|ผู้ช่วย|ลงท้าย|ขึ้นต้น|返信|返答|回答|書いて|アシスタント|締め|書き出し"
)
#: Marks that no reply has by itself: capitals with digits, and eight capitals in a row among small letters.
_CODE = re.compile(r"(?<!\w)(?=\w*\d)[A-Z][A-Z0-9_-]{4,20}(?!\w)")
_CAPITALS = re.compile(r"(?<!\w)[A-Z]{8,20}(?!\w)")
_NAMED_WORD = re.compile(
    r"(?:(?<!\w)(?:the )?(?:word|palabra|palavra|mot|wort|parola|kata|perkataan|salita|từ)|คำว่า)\s+"
    r"[\"“'‘«]?(?P<word>[^\W\d_]{4,30})"
)


def dictated(subject: Subject) -> Iterator[str]:
    """Yield what the review dictates: the words after an instruction, a word named as such, odd marks like CODE50."""
    for match in _DICTATION.finditer(subject.review_text):
        words = _QUOTE_END.split(match["words"], maxsplit=1)[0].strip(" '‘’")
        if len(words) >= _DICTATED:
            yield words
    review = subject.reply.case.review.full_text
    for sentence in _SENTENCE_END.split(review):
        if _INSTRUCTION.search(seen(sentence).text):
            yield from _asked_for(sentence)
    for sentence, quote in _instructed_quotes(review):
        if _INSTRUCTION.search(seen(sentence).text):
            yield quote


def _asked_for(sentence: str) -> Iterator[str]:
    marks = [*_CODE.findall(sentence), *([] if sentence.isupper() else _CAPITALS.findall(sentence))]
    yield from (seen(mark).text for mark in marks)
    yield from (match["word"] for match in _NAMED_WORD.finditer(seen(sentence).text))


def _instructed_quotes(review: str) -> Iterator[tuple[str, str]]:
    """Yield quoted passages of a review, each with the words beside it in its line."""
    for match in _QUOTE.finditer(review):
        before = review[max(0, match.start() - _BEFORE_QUOTE) : match.start()].rsplit("\n", 1)[-1]
        after = review[match.end() : match.end() + _AFTER_QUOTE].split("\n", 1)[0]
        words = seen(match["words"]).text.strip(" .,!?…。、！？")
        if len(words) >= _DICTATED_QUOTE:
            yield f"{before}\n{after}", words

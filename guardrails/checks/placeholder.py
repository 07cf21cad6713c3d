"""No unfilled field, template syntax, drafting note or `None`.

Source: founding document, 'never in a reply'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drafter.domain.text import Span
from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject

_SYNTAX = re.compile(
    r"\{\{.{0,60}?\}\}|\{%.{0,60}?%\}|\$?\{[\w .-]{0,40}\}|<%.{0,40}?%>|%\([a-z_]+\)[sd]|%[sd](?!\w)"
    r"|<[A-Za-z_][\w /-]{1,30}>|<<.{1,30}?>>"
    r"|\[[^\[\]\n]{0,60}\]|【[^】\n]{0,40}】|［[^］\n]{0,40}］|(?<!\w)(?:X{3,}|x{4,})(?!\w)|_{3,}|(?<!\w)(?:TODO|TBD"
    r"|FIXME|TBC|XYZ|NaN|N/A)(?!\w)"
    r"|%[A-Z][A-Z_]{3,30}%|~[A-Z][A-Z _]{3,40}~|(?<!\w)\$[A-Z_a-z]{3,}"
    r"|#[A-Z_]{4,}#|@@\w+@@|\|\|?\w+\|\|?|［\s*］|〇〇|○○|◯◯|●●|△△"
)
_CODE = re.compile(r"\{[{%]|\$\{|<%|%\(")
_EMPTY_VALUE = re.compile(
    r"(?:(?i:hi|hello|dear|hey|hola|olá|bonjour|hallo|ciao|halo|hai|chào|สวัสดี|order|product|your|about|the)\s+)"
    r"(?:None|null|undefined|NULL|nil)(?![\w-]|\s+of)|(?<!\w)(?:undefined|NoneType|\bnull,)|(?i:^\s*(?:hi|hello"
    r"|dear|hola|olá|bonjour|hallo|ciao))\s+[,!]"
    r"|(?<!\w)None(?=様|さん)|None,"
)


def find(subject: Subject) -> Iterator[Hit]:
    """Yield fields and notes that are not of the product's name or the review."""
    for pattern in (_SYNTAX, _EMPTY_VALUE):
        for match in pattern.finditer(subject.text):
            span = Span(*match.span())
            if not (subject.is_quoted(span) or _is_known(subject, match[0].lower())):
                yield Hit(*span)
    yield from find_words("placeholder", subject)


def _is_known(subject: Subject, mark: str) -> bool:
    """Whether the product or the buyer has it; a template's own syntax is no buyer's word."""
    return mark in subject.product_name or (mark in subject.review_text and not _CODE.match(mark))


CHECK = Check(
    code="placeholder",
    summary="An unfilled field, template syntax, a drafting note, None",
    message="This is an unfilled field or a drafting note.",
    suggestion="Fill it in or leave it out.",
    source="founding document, 'never in a reply'",
    find=find,
)

"""No legal fault, negligence, third-party damage or unknown defect admitted; no legal threat.

Source: guardrail-codes; 16 CFR 465.7 on legal threats against reviews.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject

_KNOWN = re.compile("known|defect|recall|issue")
_DEFECT = re.compile(
    "defec|defeit|défau|défec|faulty|flaw|fault|known|fehler|defekt|mangel|mängel|difett|cacat|rosak|masalah|bermasalah"
    "|บกพร่อง|ชำรุด|มีปัญหา|ปัญหาที่|lỗi|depekt|problema|欠陥|不良|不具合|既知"
)


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags, but for a defect that the case facts give as known."""
    known = any(_KNOWN.search(key.lower()) for key in subject.reply.case.facts)
    for hit in find_words("liability", subject):
        if not (known and _DEFECT.search(subject.text[hit.start : hit.end].lower())):
            yield hit


CHECK = Check(
    code="liability",
    summary="Accepts legal fault, negligence, damage or an unknown defect; threatens with law",
    message="This admits legal fault or a defect that is not known, or threatens with law.",
    suggestion="Say sorry for the experience; leave fault, damages and law to the person responsible.",
    source="guardrail-codes; 16 CFR 465.7 on legal threats against reviews.",
    find=find,
)

"""The spirit of a clause: whether it tells of a fault or praises, as the reader and the words of lists agree."""

from __future__ import annotations

from enum import Enum

from drafter.domain.situation import SituationName, Statement
from drafter.reports.clauses import Lists, without_joiners
from drafter.reports.matching import listed, matches, stands_in
from prompts.library import Points

SURE = 0.75  # share from which the reader's word is enough where the lists know none

_NEITHER = frozenset({SituationName.OTHER, SituationName.SPAM_ABUSE})


class Spirit(Enum):
    """What a clause does."""

    FAULT = "fault"
    PRAISE = "praise"


def spirit_of(
    clause: str, read: Statement | None, points: Points, lists: Lists, *, content: bool = False
) -> Spirit | None:
    """Return the spirit of a clause where there is little doubt, else None.

    Args:
        clause: A clause of a review.
        read: What a reader makes of it.
        points: Of the language, for its words that deny.
        lists: Of the language.
        content: Whether the customer is content: then only words make a fault.
    """
    if lists.hold("pointless", clause):
        return None
    text = without_joiners(clause.strip(), lists)
    said = _said(text, points, lists)
    if read is None or read.about in _NEITHER:
        return said
    heard = Spirit.PRAISE if read.about is SituationName.POSITIVE else Spirit.FAULT
    if said is None:
        left = _is_tale(clause, lists) or (heard is Spirit.FAULT and (content or _denies_fault(text, points, lists)))
        return heard if read.share >= SURE and not left else None
    return said if said is heard else None


def _is_tale(clause: str, lists: Lists) -> bool:
    """Whether a clause tells what the customer did, rather than what came of it."""
    rules = lists.library.retelling(lists.language)
    return rules is not None and stands_in(rules.tale, clause)


def _denies_fault(clause: str, points: Points, lists: Lists) -> bool:
    """Whether a word of fault stands glued to one that denies it, in a script without spaces ("ไม่บาง", not thin)."""
    ends = {end for _, end in matches(points.denied, clause)}
    return any(start in ends for start, _ in matches(listed("fault", lists.language, lists.library), clause))


def _said(clause: str, points: Points, lists: Lists) -> Spirit | None:
    """Return the spirit by the words of a clause.

    A denial turns what follows: "not good" is a fault, and of "no problems" the words alone tell nothing.
    """
    denials = set(matches(points.denied, clause))
    faults = [span for span in matches(listed("fault", lists.language, lists.library), clause) if span not in denials]
    if denials:
        return None if faults else Spirit.FAULT
    if bool(faults) is lists.hold("praise", clause):
        return None
    return Spirit.FAULT if faults else Spirit.PRAISE

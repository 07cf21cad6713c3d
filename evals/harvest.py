"""The harvest: what people decided becomes evaluation cases, the dangerous errors first, personal data replaced.

A case says why it is there (`note`, `tags`), what the person approved (`reference`), and asks only for what the
decision bears out: the language and the channel of an approved text, the name that a greeting may use, a passage that
a person quoted when they rejected it. Read the file before you share it: names of third persons are not found.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import yaml

from drafter.commands.lines import Line
from drafter.domain.approval import ActorKind, DecisionKind, ItemState
from drafter.domain.case import Case
from drafter.domain.draft import Draft
from drafter.domain.errors import BadInput
from drafter.domain.review import Media, Review
from drafter.domain.situation import Channel, Route
from drafter.store.database import Database
from drafter.store.decided import Decided, decided
from drafter.store.items import Decision
from evals.cases import CaseEntry, CaseFile, Expected, Inputs
from evals.harvest_drafts import decided_drafts
from evals.harvest_stand_ins import StandIns

#: What went wrong, the most dangerous first: what was offered and must not leave, then what only had to be better.
DANGEROUS = ("overruled", "escalated_by_person", "rejected")
MILD = ("edited", "regenerated", "answered_elsewhere")
_QUOTED = re.compile(r"[\"“„«「『‘']([^\"“”„«»「」『』‘’']{8,300})[\"”“»」』’']")
_LEAST_WORDS = 3  # of a quoted passage that is forbidden; a shorter one may be right elsewhere


class _Lesson(NamedTuple):
    """What is to be learnt from an item."""

    tags: tuple[str, ...]  # in the order of DANGEROUS and MILD
    notes: tuple[str, ...]  # the reasons and wishes of people
    matter: Decided


def harvest(
    database: Database, *, since: datetime | None = None, shop: str | None = None, limit: int | None = None
) -> list[CaseEntry]:
    """Return what people decided as cases, the dangerous errors first.

    Args:
        database: of the installation; nothing is written.
        since: only decisions at that time or later.
        shop: only those of the shop of that name.
        limit: at most that many cases, half of them from dangerous errors where there are as many.
    """
    with database.reading() as session:
        found = [lesson for matter in decided(session, since=since, shop=shop) if (lesson := _lesson(matter, since))]
    rank = {tag: number for number, tag in enumerate((*DANGEROUS, *MILD))}
    found.sort(key=lambda lesson: rank[lesson.tags[0]])
    return [_case(lesson) for lesson in _within_limit(found, limit)]


def harvest_replies(database: Database, *, since: datetime | None = None, shop: str | None = None) -> list[Line]:
    """Return the texts for which a lead overruled the guardrails, as labelled lines of `check` without a violation.

    They show false alarms: a rule that still flags such a text is told so by `eval run` on them.
    """
    with database.reading() as session:
        found = [lesson for matter in decided(session, since=since, shop=shop) if (lesson := _lesson(matter, since))]
    return [_line(lesson) for lesson in found if "overruled" in lesson.tags]


def write_lines(lines: Sequence[Line], path: Path) -> None:
    """Write lines as JSON Lines. Raises BadInput if the file cannot be written."""
    _write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), path)


def write(entries: Sequence[CaseEntry], path: Path) -> None:
    """Write cases as a dataset that `eval run` takes. Raises BadInput if the file cannot be written."""
    content = CaseFile(name=path.stem, cases=tuple(entries)).model_dump(mode="json", exclude_defaults=True)
    head = "# Made from decisions of people; personal data are replaced. Look for other names before you share it.\n"
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
    _write(head + text, path)


def _write(text: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


def _within_limit(found: list[_Lesson], limit: int | None) -> list[_Lesson]:
    if limit is None or len(found) <= limit:
        return found
    dangerous = [lesson for lesson in found if lesson.tags[0] in DANGEROUS]
    mild = [lesson for lesson in found if lesson.tags[0] not in DANGEROUS]
    of_mild = min(len(mild), max(limit // 2, limit - len(dangerous)))
    return dangerous[: limit - of_mild] + mild[:of_mild]


def _lesson(matter: Decided, since: datetime | None) -> _Lesson | None:
    """Return what an item teaches, None where a draft was approved as it was, or nothing came of it yet."""
    steps = [
        step for step in matter.decisions if step.actor.kind is ActorKind.PERSON and (since is None or step.at >= since)
    ]
    told = {tag for step in steps for tag in _tags(step, matter)}
    if not told:
        return None
    tags = tuple(tag for tag in (*DANGEROUS, *MILD) if tag in told)
    return _Lesson(tags, tuple(note for step in steps for note in _notes(step)), matter)


def _tags(step: Decision, matter: Decided) -> Iterator[str]:
    approved = matter.item.state is ItemState.APPROVED
    if approved and step.kind is DecisionKind.APPROVE and step.details.get("overruled"):
        yield "overruled"
    if step.kind is DecisionKind.ESCALATE and matter.item.route is Route.DRAFT:
        yield "escalated_by_person"
    if step.kind is DecisionKind.REJECT:
        yield "rejected"
    if approved and step.kind in (DecisionKind.EDIT, DecisionKind.APPROVE) and step.details.get("edited"):
        yield "edited"
    if step.kind is DecisionKind.REGENERATE and step.details.get("instruction"):
        yield "regenerated"
    if step.kind is DecisionKind.ANSWERED_ELSEWHERE:
        yield "answered_elsewhere"


def _notes(step: Decision) -> Iterator[str]:
    if step.kind is DecisionKind.APPROVE and step.details.get("overruled"):
        codes = sorted({str(finding["code"]) for finding in step.details["overruled"]})
        yield f"overruled {', '.join(codes)}: {step.details.get('overrule_reason', '')}".strip()
    if step.kind is DecisionKind.REGENERATE and step.details.get("instruction"):
        yield f"asked for: {step.details['instruction']}"
    if step.reason and step.kind in (DecisionKind.REJECT, DecisionKind.ESCALATE, DecisionKind.ANSWERED_ELSEWHERE):
        yield f"{step.kind.value}: {step.reason}"


def _stand_ins(matter: Decided) -> StandIns:
    people = sorted({step.actor.name for step in matter.decisions if step.actor.kind is ActorKind.PERSON})
    return StandIns(Case(review=matter.review, shop=matter.shop, case_facts=matter.case_facts), names=people)


def _name(lesson: _Lesson) -> str:
    number = hashlib.sha256(lesson.matter.item.id.encode()).hexdigest()[:8]
    return f"{lesson.tags[0].replace('_', '-')}-{number}"


def _line(lesson: _Lesson) -> Line:
    stand_ins, name, matter = _stand_ins(lesson.matter), _name(lesson), lesson.matter
    review = _review(matter.review, name, stand_ins)
    draft = matter.item.draft
    parts = draft.model_dump(include={"public_reply", "private_message"}, exclude_none=True) if draft else {}
    return {
        "id": name,
        "review": review.model_dump(mode="json", include={"title", "text", "rating", "author", "product"}),
        "case_facts": {key: stand_ins.within(fact) for key, fact in matter.case_facts.items()},
        "channel": matter.item.situation.channel.value,
        "platform": review.platform,
        "region": review.region,
        **{part: stand_ins.within(text) for part, text in parts.items()},
        "violations": [],
        "tags": ["harvest", "overruled"],
    }


def _case(lesson: _Lesson) -> CaseEntry:
    matter, stand_ins, name = lesson.matter, _stand_ins(lesson.matter), _name(lesson)
    inputs = Inputs(
        review=_review(matter.review, name, stand_ins),
        case_facts={key: stand_ins.within(fact) for key, fact in matter.case_facts.items()},
        shop=matter.shop.with_changes(name="default", escalation_contact=None, webhook_url=None),
    )
    return CaseEntry(name=name, inputs=inputs, metadata=_expected(lesson, stand_ins))


def _review(review: Review, name: str, stand_ins: StandIns) -> Review:
    """Return a review without what identifies its writer; the number of pictures is kept."""
    return review.with_changes(
        shop="default",
        external_id=name,
        title=stand_ins.within(review.title) if review.title else None,
        text=stand_ins.within(review.text),
        author=stand_ins.author,
        media=tuple(Media(kind=media.kind, url="https://example.com/media") for media in review.media),
        order_ref=stand_ins.within(review.order_ref) if review.order_ref else None,
        created_at=None,
    )


def _expected(lesson: _Lesson, stand_ins: StandIns) -> Expected:
    approved = _approved(lesson.matter)
    public = approved.public_reply if approved else None
    reference = stand_ins.within(public) if public else None
    escalated = "escalated_by_person" in lesson.tags
    return Expected(
        language=approved.language if approved else None,
        channels=(_channel(approved),) if approved else (),
        route=Route.ESCALATE if escalated else Route.DRAFT if approved else None,
        must_not_say=tuple(stand_ins.within(passage) for passage in _rejected_passages(lesson, public or "")),
        name=(stand_ins.first_name,) if stand_ins.first_name else (),
        reference=reference,
        note=stand_ins.within("; ".join(lesson.notes)) or None,
        drafts=tuple(decided_drafts(lesson.matter, stand_ins)),
        tags=("harvest", *lesson.tags),
    )


def _approved(matter: Decided) -> Draft | None:
    """Return the text that a person approved, if the approval stands."""
    return matter.item.draft if matter.item.state is ItemState.APPROVED else None


def _channel(approved: Draft) -> Channel:
    """Return the channel that the approved parts make."""
    if approved.public_reply and approved.private_message:
        return Channel.HYBRID
    return Channel.PUBLIC if approved.public_reply else Channel.PRIVATE


def _rejected_passages(lesson: _Lesson, approved: str) -> list[str]:
    """Return passages of a draft that a person quoted when they rejected it or asked for another.

    Only these are safe to forbid: a sentence that somebody merely wrote differently may be right elsewhere.
    """
    matter = lesson.matter
    machine = "\n".join(_texts(draft for draft in matter.drafts.values() if not draft.by_person))
    quoted = [match[1].strip() for note in lesson.notes for match in _QUOTED.finditer(note)]
    unspaced = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff]")
    return [
        passage
        for passage in dict.fromkeys(quoted)
        if passage in machine
        and passage not in approved
        and (len(passage.split()) >= _LEAST_WORDS or unspaced.search(passage))
    ]


def _texts(drafts: Iterable[Draft]) -> Iterator[str]:
    for draft in drafts:
        yield from filter(None, (draft.public_reply, draft.private_message))

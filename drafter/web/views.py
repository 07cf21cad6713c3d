"""What the desk shows of an item and of a line of the queue, worked out beforehand so that templates only print."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from drafter.approvals import AlikeReview, Entry, ItemView, QueueEntry, Texts
from drafter.domain.approval import Actor, ActorKind, ApprovalItem, DecisionKind
from drafter.domain.case import Case
from drafter.domain.finding import Finding, Part, may_overrule
from drafter.domain.reply import Reply, why_not_by_hand
from drafter.domain.review import Media, Review
from drafter.domain.shop import Limits, Shop
from drafter.domain.situation import Channel
from drafter.readers.suspicion import Report
from drafter.store.items import Decision
from drafter.web.asked import Version, Wish, current_wish, earlier_drafts
from drafter.web.origin import Origin, origin_of, reason_of
from drafter.web.reading import Reading
from drafter.web.times import TimeLeft, ago, time_left
from drafter.web.underline import marked
from guardrails.limits import limits_of

FIRST_WORDS = 140  # characters of the review in the queue
_UNTOLD = frozenset({DecisionKind.CLAIM, DecisionKind.RELEASE})  # steps that say nothing to a reader of the history


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the queue."""

    id: str
    rating: int | None
    product: str | None
    situation: str
    language: str
    flags: tuple[str, ...]
    state: str
    escalated: bool
    blocked: bool
    stand_in: bool  # another writer wrote the draft than the one that was asked first
    over_budget: bool  # because the shop's daily budget was used up
    left: TimeLeft | None  # None once it is decided
    holder: str | None  # the name of who has it open
    mine: bool
    first_words: str


def row_of(entry: QueueEntry, actor: Actor) -> Row:
    """Return an entry as a line of the queue for this person."""
    return Row(
        id=entry.id,
        rating=entry.stars,
        product=entry.product.name,
        situation=entry.item.situation.situation,
        language=entry.item.situation.language,
        flags=entry.flags,
        state=entry.state,
        escalated=entry.item.escalated,
        blocked=bool(entry.blocked) and entry.item.is_open,
        stand_in=_stands_in(entry.item),
        over_budget=entry.item.draft is not None and entry.item.draft.provenance.over_budget,
        left=_left(entry),
        holder=entry.claimed_by_name if entry.claimed_by else None,
        mine=entry.claimed_by == actor.id,
        first_words=" ".join(entry.review.full_text.split())[:FIRST_WORDS],
    )


def _stands_in(item: ApprovalItem) -> bool:
    """Whether the item's draft is not by the writer that was asked first; only then the item gives a reason for it."""
    return item.reason is not None and item.draft is not None and item.draft.provenance.fallback_reason is not None


def _left(entry: Entry) -> TimeLeft | None:
    return time_left(entry.item.due_at, entry.at) if entry.item.is_open else None


@dataclass(frozen=True, kw_only=True)
class Editor:
    """One text of a draft, to be read and changed."""

    part: str
    field: str  # of the form
    text: str
    language: str
    limit: int  # characters that the platform takes
    findings: tuple[Finding, ...]
    placeholder: str

    @property
    def left(self) -> int:
        """The characters that are left of the limit."""
        return self.limit - len(self.text)

    @property
    def marked(self) -> Markup:
        """The text with its findings underlined."""
        return marked(self.text, self.findings)


@dataclass(frozen=True, kw_only=True)
class MediaLink:
    """A picture or a video as a link; without an address where that is not one for a browser."""

    word: str
    href: str | None


@dataclass(frozen=True, kw_only=True)
class PastStep:
    """A step that was taken, in words."""

    who: str
    kind: str
    when: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """The item that is open on the desk."""

    item: ApprovalItem
    review: Review
    reason: str | None  # why there is no draft, or no new one
    origin: Origin
    written: str | None  # when the review was written, in words
    facts: Mapping[str, str]
    media: tuple[MediaLink, ...]
    history: tuple[PastStep, ...]
    reply: Reply | None
    why_not_by_hand: str | None  # why this person may not copy the reply; None if they may, or nothing is to be copied
    undo_seconds: int  # 0 once the time is over
    left: TimeLeft | None
    language: str  # of the draft
    editors: tuple[Editor, ...]
    holder: str | None
    mine: bool
    to_claim: bool
    locked: bool
    may_overrule: bool
    contact: str | None
    alike: tuple[AlikeReview, ...]
    report: Report | None  # to the platform, that is suggested
    wish: Wish | None  # what the draft was asked to be
    earlier: tuple[Version, ...]  # drafts, the newest first
    own_tone: str  # of the shop
    reading: Reading | None = None  # in the person's language; None where only a part of the page is shown

    @property
    def tone(self) -> str:
        """The tone that a new draft is to have unless the person chooses another one: that of the draft they see."""
        return (self.wish and self.wish.tone) or self.own_tone

    @property
    def editable(self) -> bool:
        """Whether nobody has decided yet."""
        return self.item.is_open

    @property
    def blocks(self) -> int:
        """How many findings keep the text from being approved."""
        return sum(finding.blocks for editor in self.editors for finding in editor.findings)

    @property
    def warnings(self) -> int:
        """How many findings only warn."""
        return sum(len(editor.findings) for editor in self.editors) - self.blocks

    @property
    def has_text(self) -> bool:
        """Whether there is anything to approve."""
        return any(editor.text.strip() for editor in self.editors)


def open_item(
    view: ItemView,
    shop: Shop,
    actor: Actor,
    *,
    texts: Texts | None = None,
    findings: tuple[Finding, ...] | None = None,
    reading: Reading | None = None,
) -> OpenItem:
    """Return an item as the desk shows it; with `texts` and `findings`, as the person has changed it."""
    item = view.item
    stored = Texts.of(item.draft)
    shown = stored if texts is None else texts
    found = item.findings if findings is None else findings
    holder = view.claimed_by_name if view.claimed_by else None
    mine = view.claimed_by == actor.id
    own_text = shown != stored or (item.draft is not None and item.draft.by_person)
    language = item.draft.language if item.draft else shop.answers_in(item.situation.language)
    return OpenItem(
        item=item,
        review=view.review,
        reason=reason_of(view),
        origin=origin_of(view),
        written=ago(view.review.created_at, view.at) if view.review.created_at else None,
        facts=view.case_facts,
        media=tuple(media_link(media, place) for place, media in enumerate(view.media, start=1)),
        history=open_history(view),
        reply=view.reply,
        why_not_by_hand=why_not_by_hand(view.reply, actor.id) if view.reply and not view.may_undo else None,
        undo_seconds=undo_seconds(view),
        left=_left(view),
        language=language,
        editors=_editors(item, limits_of(Case(review=view.review, shop=shop)), shown, found, language),
        holder=holder,
        mine=mine,
        to_claim=item.is_open and holder is None,
        locked=holder is not None and not mine,
        may_overrule=actor.may_overrule and own_text and may_overrule(found),
        contact=view.escalation_contact,
        alike=view.alike,
        report=view.suggested_report,
        wish=current_wish(view),
        earlier=earlier_drafts(view),
        own_tone=shop.brand_voice.tone,
        reading=reading,
    )


def _editors(
    item: ApprovalItem, limits: Limits, texts: Texts, findings: tuple[Finding, ...], language: str
) -> tuple[Editor, ...]:
    channel = item.situation.channel
    parts = [
        (
            Part.PUBLIC,
            "public_reply",
            texts.public_reply,
            limits.public_characters,
            "Write what everybody may read.",
        ),
        (
            Part.PRIVATE,
            "private_message",
            texts.private_message,
            limits.private_characters,
            "Write to the customer alone.",
        ),
    ]
    hidden = Part.PRIVATE if channel in (Channel.PUBLIC, Channel.NONE) else None
    found = {part: tuple(finding for finding in findings if finding.part is part) for part in Part}
    return tuple(
        Editor(
            part=part,
            field=field,
            text=text or "",
            language=language,
            limit=limit,
            findings=found[part],
            placeholder=placeholder,
        )
        for part, field, text, limit, placeholder in parts
        if part is not hidden or text or found[part]
    )


def undo_seconds(view: ItemView) -> int:
    """Return the whole seconds in which the approval can still be taken back."""
    if not view.may_undo or view.held_until is None:
        return 0
    return math.ceil((view.held_until - view.at).total_seconds())


def media_link(media: Media, number: int) -> MediaLink:
    """Return a link to what the customer attached; only web addresses become links."""
    word = f"{'Video' if media.kind == 'video' else 'Picture'} {number}"
    return MediaLink(word=word, href=media.url if is_web_address(media.url) else None)


def is_web_address(url: str) -> bool:
    """Whether an address is http or https with a host; everything else could run or read something."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def open_history(view: ItemView) -> tuple[PastStep, ...]:
    """Return the steps taken on an item that a reader cares for, the last one first."""
    return tuple(past_step(step, view.at) for step in reversed(view.decisions) if step.kind not in _UNTOLD)


def past_step(step: Decision, now: datetime) -> PastStep:
    """Return a decision in words."""
    extra = step.details.get("overrule_reason") or step.details.get("instruction") or _tone_in(step)
    return PastStep(
        who=step.actor.name if step.actor.kind is ActorKind.PERSON else "Drafter",  # its parts mean nothing to a reader
        kind=step.kind,
        when=ago(step.at, now),
        reason=step.reason or (str(extra) if extra else None),
    )


def _tone_in(step: Decision) -> str | None:
    tone = step.details.get("tone")
    return f"In a {tone} tone" if tone else None

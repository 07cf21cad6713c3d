"""The text that a decision is about, and its inspection: every text is inspected again before it is approved."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from drafter.approvals.requests import DecisionRequest
from drafter.domain.approval import Actor, ApprovalItem
from drafter.domain.case import Case
from drafter.domain.draft import PERSON, Draft, Provenance
from drafter.domain.errors import Blocked, IllegalStep
from drafter.domain.finding import Finding, blocking, may_overrule
from drafter.domain.judgement import basis_of
from drafter.domain.ports import Inspector
from drafter.domain.record import Record
from drafter.domain.shop import Shop
from drafter.rounds import reply_to_check
from drafter.store import drafts, reviews, shops
from drafter.store.reviews import StoredReview
from guardrails.verdicts import settle_later


class Texts(Record):
    """A public reply and a private message as they would be sent."""

    public_reply: str | None
    private_message: str | None

    @classmethod
    def of(cls, draft: Draft | None) -> Texts:
        """Return a draft's texts; none where there is no draft."""
        if draft is None:
            return cls(public_reply=None, private_message=None)
        return cls(public_reply=draft.public_reply, private_message=draft.private_message)

    def changed_by(self, public_reply: str | None, private_message: str | None) -> Texts:
        """Return the texts after a person's change: None keeps a text, an empty one drops it."""
        return Texts(
            public_reply=_changed(self.public_reply, public_reply),
            private_message=_changed(self.private_message, private_message),
        )

    def __bool__(self) -> bool:
        """Whether anything would be sent."""
        return bool(self.public_reply or self.private_message)


def _changed(before: str | None, wish: str | None) -> str | None:
    return before if wish is None else wish.strip() or None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """An item with all that its text is measured against, read in one transaction."""

    item: ApprovalItem
    stored: StoredReview
    shop: Shop
    recent_replies: tuple[str, ...]


def load_matter(session: Session, item: ApprovalItem) -> Matter:
    """Return an item with its review, its shop and the shop's last replies."""
    stored, shop = reviews.get(session, item.review_id), shops.get(session, item.shop)
    language = item.draft.language if item.draft else shop.answers_in(item.situation.language)
    recent = drafts.recent_replies(session, item.shop, language, but_not_of=item.review_id)
    return Matter(item=item, stored=stored, shop=shop, recent_replies=recent)


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """The text of a decision, with what the checks say of it now."""

    draft: Draft
    findings: tuple[Finding, ...]
    edited: bool  # the person changed it with this very decision


def inspect_texts(matter: Matter, texts: Texts, inspector: Inspector) -> Inspected:
    """Inspect the texts as the reply to the matter's review.

    Raises:
        IllegalStep: there is no text.
    """
    if not texts:
        raise IllegalStep("There is no text yet. Write a reply first.")
    draft = matter.item.draft
    edited = draft is None or texts != Texts.of(draft)
    if draft is None or edited:
        draft = _written_by_person(matter, texts)
    case = Case(review=matter.stored.review, shop=matter.shop, case_facts=matter.stored.case_facts)
    to_check = reply_to_check(case, matter.item.situation, draft, recent_replies=matter.recent_replies)
    found = inspector.inspect(to_check)
    settled = settle_later(found, draft.judgement, basis=basis_of(case.review, case.facts))
    return Inspected(draft=draft, findings=settled.findings, edited=edited)


def _written_by_person(matter: Matter, texts: Texts) -> Draft:
    before = matter.item.draft
    language = before.language if before else matter.shop.answers_in(matter.item.situation.language)
    return Draft(
        public_reply=texts.public_reply,
        private_message=texts.private_message,
        language=language,
        provenance=Provenance(writer=PERSON),
    )


def overruled(inspected: Inspected, request: DecisionRequest, actor: Actor) -> tuple[Finding, ...]:
    """Return the blocking findings that a lead lets stand; none where nothing blocks.

    Raises:
        Blocked: a blocking finding stands. Only a lead may overrule it, with a reason, on a text that a person
            wrote, and only where the rule allows it (`domain.finding.may_overrule`).
    """
    blocked = blocking(inspected.findings)
    allowed = (
        inspected.draft.by_person
        and actor.may_overrule
        and bool((request.overrule_reason or "").strip())
        and may_overrule(inspected.findings)
    )
    if blocked and not allowed:
        raise Blocked(blocked)
    return blocked

"""The desk: the queue on the left, the open item on the right, and what just happened."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from drafter.approvals import Counts, ItemView, Page, QueueEntry, Texts, View
from drafter.approvals.service import MOST
from drafter.domain.approval import Actor, DecisionKind, ItemState
from drafter.domain.errors import NotFound
from drafter.domain.finding import Finding
from drafter.domain.reply import ON_ITS_WAY, Reply, ReplyPart, ReplyState, why_not_by_hand
from drafter.domain.shop import Shop
from drafter.store import shops
from drafter.web.guard import Visitor, common
from drafter.web.pages import Notice
from drafter.web.reading import reading_of
from drafter.web.site import Site
from drafter.web.views import OpenItem, open_item, row_of, undo_seconds

VIEWS: tuple[View, ...] = get_args(View)
_LEAVES = 8  # seconds that a toast stays once nothing more will happen
_ASK_AGAIN = 3  # seconds between questions what became of a reply
_ROUNDS = 10  # such questions at most


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person wants to have before them."""

    view: View = "open"
    item_id: str | None = None
    cursor: str | None = None
    done: str | None = None  # the item that they decided on just now
    notice: Notice | None = None
    texts: Texts | None = None  # what they wrote into the open item
    findings: tuple[Finding, ...] | None = None  # in those texts
    untranslated: str | None = None  # why the open item could not be translated just now


@dataclass(frozen=True, kw_only=True)
class Toast:
    """What just happened, and what can still be done about it."""

    item_id: str
    version: int
    title: str
    what: str
    level: str
    undo_seconds: int = 0
    again: int | None = None  # seconds until the page asks what became of it
    round: int = 0
    leaves: int | None = None  # seconds after which it goes
    reply_id: str | None = None
    copies: tuple[ReplyPart, ...] = field(default=())


def desk_context(site: Site, visitor: Visitor, wish: Wish) -> dict[str, Any]:
    """Return all that the desk's template shows."""
    approvals = site.application.approvals
    page = approvals.queue(view=wish.view, actor=visitor.actor, cursor=wish.cursor)
    item_id = wish.item_id or _first(page, visitor)
    counts = approvals.counts(actor=visitor.actor)
    opened = _opened(site, visitor, wish, item_id)
    words = site.desk
    return {
        **common(visitor),
        **rows_context(site, visitor, wish, page, opened),
        "here": "queue",
        "chosen": wish.item_id is not None,
        "figures": _figures(counts),
        "tabs": [
            {"name": name, "word": words["tabs"][name], "number": None if name == "decided" else getattr(counts, name)}
            for name in VIEWS
        ],
        "notice": wish.notice,
        "choices": words["choices"],
        "shortcuts": words["shortcuts"].items(),
        "toast": done_toast(site, visitor.actor, wish.done) if wish.done else None,
    }


def rows_context(
    site: Site, visitor: Visitor, wish: Wish, page: Page[QueueEntry] | None = None, opened: OpenItem | None = None
) -> dict[str, Any]:
    """Return what the list of the queue shows."""
    if page is None:
        page = site.application.approvals.queue(view=wish.view, actor=visitor.actor, cursor=wish.cursor)
    rows = [row_of(entry, visitor.actor) for entry in page.entries]
    shown = repr((rows, page.next_cursor))
    return {
        "rows": rows,
        "view": wish.view,
        "cursor": wish.cursor,
        "next_cursor": page.next_cursor,
        "open": opened,
        "fingerprint": hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        "nothing": site.desk["nothing"][wish.view],
    }


def shop_of(site: Site, name: str) -> Shop:
    """Return a shop. Raises UnknownShop."""
    with site.application.database.reading() as session:
        return shops.get(session, name)


def _opened(site: Site, visitor: Visitor, wish: Wish, item_id: str | None) -> OpenItem | None:
    if item_id is None:
        return None
    view = site.application.approvals.item(item_id)
    shop = shop_of(site, view.item.shop)
    reading = reading_of(site.application.translations, view, visitor.reads, wish.untranslated)
    return open_item(view, shop, visitor.actor, texts=wish.texts, findings=wish.findings, reading=reading)


def _first(page: Page[QueueEntry], visitor: Visitor) -> str | None:
    """Return the first item that nobody else has open."""
    free = (entry.id for entry in page.entries if entry.claimed_by in (None, visitor.actor.id))
    return next(free, page.entries[0].id if page.entries else None)


def following(site: Site, visitor: Visitor, view: View, item_id: str) -> str | None:
    """Return the item to open after this one: the next free one below it, else the first free one."""
    page = _page_with(site, visitor, view, item_id)
    ids = [entry.id for entry in page.entries]
    at = ids.index(item_id) + 1 if item_id in ids else 0
    free = {entry.id for entry in page.entries if entry.claimed_by in (None, visitor.actor.id)} - {item_id}
    return next((one for one in [*ids[at:], *ids[:at]] if one in free), None)


def _page_with(site: Site, visitor: Visitor, view: View, item_id: str) -> Page[QueueEntry]:
    """Return the head of the queue as far as the item; most often it is near the top."""
    for limit in (20, MOST):
        page = site.application.approvals.queue(view=view, actor=visitor.actor, limit=limit)
        if page.next_cursor is None or item_id in {entry.id for entry in page.entries[:-1]}:
            break
    return page


def _figures(counts: Counts) -> list[dict[str, Any]]:
    figures = [
        {"number": counts.open, "word": "waiting", "level": ""},
        {"number": counts.overdue, "word": "overdue", "level": "overdue"},
        {"number": counts.negative, "word": "with 1 or 2 stars", "level": ""},
        {"number": counts.failed, "word": "not delivered", "level": "overdue"},
    ]
    return [figure for figure in figures if figure["number"] or figure["word"] == "waiting"]


def done_toast(site: Site, actor: Actor, item_id: str, asked: int = 0) -> Toast | None:
    """Return what became of an item that a person decided on; None where there is nothing to say.

    Args:
        site: the pages.
        actor: the person.
        item_id: the item.
        asked: how often the page has asked so far, since the undo window ended.
    """
    try:
        view = site.application.approvals.item(item_id)
    except NotFound:
        return None
    title = site.desk["toasts"].get(view.state.value)
    if title is None:
        return None
    if view.item.state is ItemState.APPROVED and view.reply is not None:
        toast = _approved(site, view, view.reply, title, asked)
        return replace(toast, copies=_copies(site, view.reply, actor))
    return Toast(item_id=item_id, version=view.version, title=title, what=_what(view), level=view.state, leaves=_LEAVES)


def _approved(site: Site, view: ItemView, reply: Reply, title: str, asked: int) -> Toast:
    seconds = undo_seconds(view)
    states = {part.state for part in reply.parts}
    moving = seconds > 0 or (bool(states - {ReplyState.POSTED, ReplyState.FAILED}) and asked < _ROUNDS)
    worst = next((state for state in _BY_WEIGHT if state in states), ReplyState.HELD)
    return Toast(
        item_id=view.id,
        version=view.version,
        title=title if seconds else site.say("reply_states", worst),
        what=_what(view),
        level=worst,
        undo_seconds=seconds,
        again=(seconds + 1 if seconds else _ASK_AGAIN) if moving else None,
        round=0 if seconds else asked + 1,
        leaves=None if moving else _LEAVES,
        reply_id=reply.id,
    )


def _copies(site: Site, reply: Reply, actor: Actor) -> tuple[ReplyPart, ...]:
    """Return the parts that this person may copy to post them by hand."""
    if shop_of(site, reply.shop).webhook_url is not None or why_not_by_hand(reply, actor.id):
        return ()
    return tuple(part for part in reply.parts if part.state in ON_ITS_WAY)


#: The state that a toast names where the parts of a reply have come to different ones.
_BY_WEIGHT = (ReplyState.FAILED, ReplyState.HELD, ReplyState.READY, ReplyState.HANDED_OVER, ReplyState.POSTED)


def _what(view: ItemView) -> str:
    return view.product.name or view.review.author or "A review"


def stays(site: Site, kind: DecisionKind) -> bool:
    """Whether the item stays open after such a decision."""
    return kind.value in site.desk["stays"]

"""Delivery: from the end of the undo window to the word that the reply is posted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import SystemRandom

from sqlalchemy.orm import Session

from drafter.delivery import leaving
from drafter.delivery.addresses import Resolve, system_resolve
from drafter.delivery.backoff import MOST_ATTEMPTS, wait_after
from drafter.delivery.outgoing import Outgoing, outgoing
from drafter.delivery.webhook import Answer, WebhookSender
from drafter.domain.approval import Actor, ActorKind
from drafter.domain.errors import BadInput, Conflict, NotAllowed
from drafter.domain.finding import Part
from drafter.domain.ports import Clock
from drafter.domain.reply import Reply, ReplyState
from drafter.settings import Settings
from drafter.store import items, replies, shops
from drafter.store.database import Database
from drafter.store.jobs import HandOverQueue

MOST_POLLED = 100  # replies in one answer
LONGEST_REASON = 1_000  # characters kept of why a reply failed
ENQUEUED_LOOK_AGAIN = timedelta(minutes=2)  # when an enqueued attempt is enqueued again, should it have been lost
#: When an attempt whose end nobody saw is made again, at the earliest: its job, put back after a crash, comes sooner,
#: and two at once would send what the first of them had confirmed.
UNDER_WAY = timedelta(minutes=1)

_log = logging.getLogger(__name__)


class Delivery:
    """Hands approved replies over, exactly once; every call but `hand_over` may be made from any thread."""

    def __init__(
        self,
        *,
        database: Database,
        engine: HandOverQueue,
        clock: Clock,
        settings: Settings,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        secret = settings.webhook_secret
        self._sender = WebhookSender(
            secret=secret.get_secret_value() if secret else None,
            allow_private=settings.webhook_allow_private,
            resolve=resolve,
        )
        self._random = SystemRandom()

    def tick(self) -> None:
        """Make ready what has been held long enough, and enqueue the webhooks that are due."""
        with self._database.reading() as session:
            now = self._clock.now()
            over = replies.undo_window_over(session, now)
            called = [shop.name for shop in shops.list_all(session) if shop.webhook_url]
            due = [reply.id for reply in replies.hand_over_due(session, now, called)] if called else []
        for reply_id in over:
            self._promote(reply_id)
        for reply_id in due:
            self._enqueue(reply_id)

    def _promote(self, reply_id: str) -> None:
        with self._locked(reply_id) as (session, reply):
            ready = leaving.promote(session, reply, self._clock.now()) if reply else None
            if ready is None:
                return
            if shops.get(session, ready.shop).webhook_url:
                self._engine.enqueue_hand_over(session, reply_id, 1)
                replies.change(session, ready, next_attempt_at=self._clock.now() + ENQUEUED_LOOK_AGAIN)
        _log.info("delivery.ready", extra={"reply_id": reply_id})

    def _enqueue(self, reply_id: str) -> None:
        now = self._clock.now()
        with self._locked(reply_id) as (session, reply):
            if reply is None or not leaving.waits_for_receiver(reply):
                return
            if reply.next_attempt_at is None or reply.next_attempt_at > now:
                return  # another process was quicker
            self._engine.enqueue_hand_over(session, reply_id, reply.attempts + 1)
            replies.change(session, reply, next_attempt_at=now + ENQUEUED_LOOK_AGAIN)

    async def hand_over(self, reply_id: str) -> None:
        """Make one attempt to send a reply to its shop's webhook.

        That it left is committed before it leaves: a review that changes meanwhile then finds a reply that has left,
        and a crash in between only means that the same delivery id is sent again.
        """
        sent = await asyncio.to_thread(self._before_attempt, reply_id)
        if sent is None:
            return
        url, out = sent
        answer = await self._sender.send(url, out.reply.delivery_id, out.payload, self._clock.now())
        await asyncio.to_thread(self._after_attempt, reply_id, answer)

    def _before_attempt(self, reply_id: str) -> tuple[str, Outgoing] | None:
        now = self._clock.now()
        with self._locked(reply_id) as (session, reply):
            url = shops.get(session, reply.shop).webhook_url if reply else None
            leaves = leaving.let_out(session, reply, now) if reply and url else None
            if leaves is None or url is None:
                return None
            # should we die before the answer comes; until then nobody else is to begin the next attempt
            again = now + max(wait_after(leaves.attempts + 1, self._random), UNDER_WAY)
            counted = replies.change(session, leaves, attempts=leaves.attempts + 1, next_attempt_at=again)
            return url, outgoing(session, counted)

    def _after_attempt(self, reply_id: str, answer: Answer) -> None:
        now = self._clock.now()
        with self._locked(reply_id) as (session, reply):
            if reply is None or not leaving.waits_for_receiver(reply):
                return  # it was confirmed, posted or failed while the attempt was under way
            if answer.acknowledged:
                leaving.confirm(session, reply, now)
            elif answer.is_final or reply.attempts >= MOST_ATTEMPTS:
                leaving.give_up(session, reply, answer.error or "")
            else:
                again = now + wait_after(reply.attempts, self._random, wish=answer.wish)
                replies.change(session, reply, next_attempt_at=again, last_error=answer.error)
        event = "delivery.acknowledged" if answer.acknowledged else "delivery.attempt_failed"
        _log.info(event, extra={"reply_id": reply_id, "attempt": reply.attempts, "error": answer.error})

    def poll(self, shop: str, limit: int = 50) -> list[Outgoing]:
        """Return the replies that a tool has yet to confirm, oldest approval first.

        Each is marked as handed over before it is returned, and comes again, with the same delivery id, until it is
        acknowledged, posted or failed.

        Raises:
            BadInput: the limit is out of range.
        """
        if not 1 <= limit <= MOST_POLLED:
            raise BadInput(f"Ask for 1 to {MOST_POLLED} replies.")
        with self._database.reading() as session:
            waiting = [reply.id for reply in replies.unacknowledged(session, shop, limit=limit)]
        return [found for reply_id in waiting if (found := self._give(reply_id)) is not None]

    def _give(self, reply_id: str) -> Outgoing | None:
        with self._locked(reply_id) as (session, reply):
            leaves = leaving.let_out(session, reply, self._clock.now()) if reply else None
            return None if leaves is None else outgoing(session, leaves)

    def acknowledge(self, delivery_id: str, shop: str) -> Reply:
        """Remember that a tool has a reply; again changes nothing.

        Raises:
            NotFound: the shop has no such delivery.
            IllegalStep: it was not handed over yet.
            Conflict: a person posts it by hand.
        """
        with self._delivered(delivery_id, shop) as (session, reply):
            return leaving.confirm(session, reply, self._clock.now())

    def posted(self, delivery_id: str, shop: str, part: Part | None = None) -> Reply:
        """Remember that a part, or the whole reply, is on the platform; again changes nothing.

        It is taken whatever became of the review or the item meanwhile: it says what has happened.

        Raises:
            NotFound: the shop has no such delivery.
            IllegalStep: it was not handed over yet, or has no such part.
        """
        return self._reported(delivery_id, shop, ReplyState.POSTED, part, None)

    def failed(self, delivery_id: str, shop: str, reason: str, part: Part | None = None) -> Reply:
        """Remember that the platform or the tool would not post it; again changes nothing.

        Raises:
            BadInput: there is no reason.
            NotFound: the shop has no such delivery.
            IllegalStep: it is posted already, or has no such part.
            Conflict: a person posts it by hand.
        """
        if not reason.strip():
            raise BadInput("Say why the reply could not be posted.")
        return self._reported(delivery_id, shop, ReplyState.FAILED, part, reason.strip()[:LONGEST_REASON])

    def _reported(self, delivery_id: str, shop: str, to: ReplyState, part: Part | None, failure: str | None) -> Reply:
        with self._delivered(delivery_id, shop) as (session, reply):
            after = leaving.report(session, reply, to, part=part, now=self._clock.now(), failure=failure)
        _log.info(f"delivery.{to.value}", extra={"reply_id": after.id, "shop": shop})
        return after

    def copied(self, reply_id: str, actor: Actor) -> Reply:
        """Hand a reply over to a person, who pastes it into the platform's page; from then on no tool gets it.

        The same person may do so again: for the other part, or because the browser did not let them copy.

        Raises:
            NotFound: there is no such reply, or it was taken back.
            NotAllowed: a part of the system tried it.
            IllegalStep: it is still held.
            Conflict: a tool was given it, somebody else copied it, or the customer changed the review.
        """
        _require_person(actor)
        with self._locked(reply_id) as (session, reply):
            found = reply or replies.get(session, reply_id)
            after = leaving.take(session, found, actor.id, self._clock.now())
        if after is None:  # what that means for the item is stored by now
            raise Conflict("The review has changed or is not published yet, so this reply cannot leave.")
        _log.info("delivery.copied", extra={"reply_id": reply_id, "actor_id": actor.id})
        return after

    def posted_by_person(self, reply_id: str, actor: Actor, part: Part | None = None) -> Reply:
        """Take a person's word that a part, or the whole reply, is on the platform; again changes nothing.

        Raises:
            NotFound: there is no such reply, or it was taken back.
            NotAllowed: a part of the system tried it.
            IllegalStep: it is still held, or has no such part.
        """
        _require_person(actor)
        with self._locked(reply_id) as (session, reply):
            found = reply or replies.get(session, reply_id)
            now = self._clock.now()
            after = leaving.report(session, found, ReplyState.POSTED, part=part, now=now, by_hand=actor.id)
        _log.info("delivery.posted", extra={"reply_id": reply_id, "actor_id": actor.id})
        return after

    @contextmanager
    def _locked(self, reply_id: str) -> Iterator[tuple[Session, Reply | None]]:
        with self._database.writing() as session:
            yield session, leaving.locked(session, reply_id)

    @contextmanager
    def _delivered(self, delivery_id: str, shop: str) -> Iterator[tuple[Session, Reply]]:
        with self._database.writing() as session:
            known = replies.of_delivery(session, delivery_id, shop=shop)
            items.lock(session, known.item_id)
            yield session, replies.of_delivery(session, delivery_id, shop=shop, lock=True)


def _require_person(actor: Actor) -> None:
    if actor.kind is not ActorKind.PERSON:
        raise NotAllowed("Only a person can do this.")

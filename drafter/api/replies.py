"""Approved replies on their way out, for tools that fetch them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from drafter.api.answers import DeliveryList, ReplyProgress, outgoing_of, reply_of
from drafter.api.auth import RepliesReader, RepliesWriter
from drafter.api.documents import answers, refusals
from drafter.api.parts import App
from drafter.api.requests import FailedPart, PartOfReply

router = APIRouter(prefix="/deliveries", tags=["deliveries"])

_STEPS = ("invalid-json", "not-found", "illegal-step", "too-large", "unsupported-media-type", "invalid", "bad-input")


@router.get("", summary="Fetch approved replies", responses={200: answers("DELIVERIES"), **refusals("invalid")})
def list_deliveries(
    key: RepliesReader,
    app: App,
    limit: Annotated[int, Query(ge=1, le=100, description="The most replies of one answer.")] = 20,
) -> DeliveryList:
    """Return replies that are ready, and those that were fetched before and not acknowledged.

    A reply counts as handed over before it is answered, and comes again with the same `delivery_id` until it is
    acknowledged: whoever posts it tells repeats by that id.
    """
    return DeliveryList(deliveries=tuple(map(outgoing_of, app.delivery.poll(key.shop, limit))))


@router.post(
    "/{delivery_id}/acknowledge",
    summary="The reply has arrived",
    responses={200: answers("REPLY"), **refusals("conflict", *_STEPS)},
)
def acknowledge(delivery_id: str, key: RepliesWriter, app: App) -> ReplyProgress:
    """Note that the tool has the reply, so that it is not handed over again; asking twice does no harm.

    The answer is 409 where a person has taken the reply over: the tool must not post it.
    """
    return reply_of(app.delivery.acknowledge(delivery_id, key.shop))


@router.post(
    "/{delivery_id}/posted",
    summary="The reply is on the platform",
    responses={200: answers("REPLY"), **refusals(*_STEPS)},
)
def posted(delivery_id: str, key: RepliesWriter, app: App, sent: PartOfReply | None = None) -> ReplyProgress:
    """Note that the reply, or one part of it, is posted; nothing follows after that."""
    return reply_of(app.delivery.posted(delivery_id, key.shop, part=sent.part if sent else None))


@router.post(
    "/{delivery_id}/failed",
    summary="The reply cannot be posted",
    responses={200: answers("REPLY"), **refusals("conflict", *_STEPS)},
)
def failed(delivery_id: str, sent: FailedPart, key: RepliesWriter, app: App) -> ReplyProgress:
    """Note why the reply, or one part of it, cannot be posted; a person will see it."""
    return reply_of(app.delivery.failed(delivery_id, key.shop, sent.reason, part=sent.part))

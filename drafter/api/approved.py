"""All approved replies of a shop, to be compared with what a tool has posted; reading them changes nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from drafter.api.answers import ApprovedReplies, ApprovedReply, ReviewRef, reply_of
from drafter.api.auth import RepliesReader
from drafter.api.documents import answers, refusals
from drafter.api.parts import App
from drafter.domain.reply import Reply
from drafter.domain.review import Review
from drafter.store import approved, reviews

router = APIRouter(prefix="/replies", tags=["deliveries"])


@router.get(
    "",
    summary="All approved replies",
    responses={200: answers("APPROVED_REPLIES"), **refusals("invalid", "bad-input")},
)
def list_replies(
    key: RepliesReader,
    app: App,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.", max_length=1_000)] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="The most replies of one page.")] = 50,
) -> ApprovedReplies:
    """Return a page of the shop's replies, held, on their way, posted and failed ones, the last approval first.

    Nothing counts as handed over by it; to post replies, fetch `/v1/deliveries`.
    """
    with app.database.reading() as session:
        found, following = approved.last_approved_first(session, key.shop, cursor=cursor, limit=limit)
        listed = tuple(_listed(reply, reviews.get(session, reply.review_id).review) for reply in found)
    return ApprovedReplies(replies=listed, next_cursor=following)


def _listed(reply: Reply, review: Review) -> ApprovedReply:
    answered = ReviewRef(external_id=review.external_id, id=reply.review_id, version=reply.review_version)
    return ApprovedReply(
        **reply_of(reply).model_dump(),
        item_id=reply.item_id,
        shop=reply.shop,
        platform=review.platform,
        review=answered,
    )

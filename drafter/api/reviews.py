"""Reviews come in, and what became of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from drafter.api.answers import ReviewReceived, ReviewState
from drafter.api.auth import ReviewsReader, ReviewsWriter
from drafter.api.documents import answers, refusals
from drafter.api.parts import App
from drafter.api.problems import ApiProblem, FieldError
from drafter.api.requests import NewReview, SentReview
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.store import shops

router = APIRouter(prefix="/reviews", tags=["reviews"])

CLOCK_SKEW = timedelta(days=1)  # a sender's clock or time zone may be off by so much


@router.post(
    "",
    status_code=202,
    summary="Send a review",
    responses={
        202: answers("RECEIVED", "Taken in; a draft is being prepared. `Location` tells where to look."),
        200: answers("RECEIVED_UNCHANGED", "Known already in these words; nothing is done again.")
        | {"model": ReviewReceived},
        **refusals("invalid-json", "conflict", "too-large", "unsupported-media-type", "invalid", "unknown-shop"),
    },
)
def send_review(sent: NewReview, key: ReviewsWriter, app: App, response: Response) -> ReviewReceived:
    """Take in one review with its case facts, and have a draft prepared in the background.

    The same review in the same words is answered with 200 and changes nothing. Changed words take the place of the
    earlier ones and of a draft that nobody has decided about. One that was removed here is refused with 409.
    """
    with app.database.reading() as session:
        shop = shops.get(session, key.shop)
    review = review_of(sent.review, shop, app.clock.now())
    received = app.intake.receive(key.shop, review, sent.case_facts)
    url = f"/v1/reviews/{received.review_id}"
    response.headers["Location"] = url
    if received.outcome == "unchanged":
        response.status_code = 200
    return ReviewReceived(
        review_id=received.review_id, version=received.version, outcome=received.outcome, status_url=url
    )


@router.get(
    "/{review_id}",
    summary="What became of a review",
    responses={200: answers("REVIEW_STATE"), **refusals("not-found")},
)
def review_state(review_id: str, key: ReviewsReader, app: App) -> ReviewState:
    """Return whether the draft is still being prepared, or where the review's item stands."""
    status = app.intake.status(review_id, key.shop)
    item_url = f"/v1/items/{status.item_id}" if status.item_id else None
    return ReviewState(
        review_id=status.review_id,
        version=status.version,
        state=status.state,
        item_id=status.item_id,
        item_url=item_url,
    )


@router.delete(
    "/{review_id}",
    status_code=204,
    summary="The customer deleted the review",
    responses={204: {"description": "Noted. What nobody had decided about is withdrawn."}, **refusals("not-found")},
)
def delete_review(
    review_id: str,
    key: ReviewsWriter,
    app: App,
    purge: Annotated[
        bool,
        Query(description="Remove all that is held about the review, for good; nothing brings it back."),
    ] = False,
) -> None:
    """Withdraw what is undecided about a review that the customer deleted; asking twice does no harm.

    With `purge` its texts, drafts, decisions, replies and translations are removed, wherever it stands; only figures
    stay. The same review is refused from then on, with 409.
    """
    app.intake.delete(review_id, key.shop)
    if purge:
        app.retention.remove(review_id, key.shop)


def review_of(sent: SentReview, shop: Shop, now: datetime) -> Review:
    """Return a sent review as one of the key's shop, on the shop's platform unless it names another.

    Raises:
        ApiProblem: it names another shop, or a time that is still to come.
    """
    if "shop" in sent.model_fields_set and sent.shop != shop.name:
        message = f"This key writes to the shop {shop.name!r} only. Name that one, or leave the field out."
        raise _invalid("unknown-shop", "/review/shop", message)
    if sent.created_at is not None and sent.created_at > now + CLOCK_SKEW:
        raise _invalid("invalid", "/review/created_at", "The time is still to come. Check the date and its offset.")
    return sent.of_shop(shop)


def _invalid(name: str, pointer: str, message: str) -> ApiProblem:
    return ApiProblem(name, message, errors=[FieldError(pointer=pointer, message=message)])

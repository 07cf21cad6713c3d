"""Items: what waits for a decision, and the decisions of people as a tool passes them on."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from drafter.api.answers import DecisionList, Findings, ItemDetail, ItemPage, ItemTranslation, detail_of, item_of
from drafter.api.auth import ItemsDecider, ItemsReader
from drafter.api.documents import answers, refusals
from drafter.api.parts import App
from drafter.api.problems import ApiProblem, FieldError
from drafter.api.requests import NewDecision, TextsToCheck, WantedTranslation
from drafter.api.versions import IF_MATCH, etag, expected_version
from drafter.application import Application
from drafter.approvals import DecisionRequest
from drafter.domain.approval import Actor
from drafter.domain.errors import BadInput, NotFound
from drafter.domain.finding import blocking

router = APIRouter(prefix="/items", tags=["items"])

_ETAG = {"ETag": {"description": "The item's version.", "schema": {"type": "string"}}}


@router.get(
    "",
    summary="What waits for a decision",
    responses={200: answers("ITEM_PAGE"), **refusals("invalid", "bad-input")},
)
def list_items(
    key: ItemsReader,
    app: App,
    view: Annotated[Literal["open", "escalated", "failed", "decided"], Query(description="Which items.")] = "open",
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.", max_length=1_000)] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="The most items of one page.")] = 50,
) -> ItemPage:
    """Return a page of items, worst first: overdue ones, then those with few stars, then by when they are due.

    Decided items come by their last decision, the newest first.
    """
    page = app.approvals.queue(shop=key.shop, view=view, cursor=cursor, limit=limit)
    return ItemPage(items=tuple(map(item_of, page.entries)), next_cursor=page.next_cursor)


@router.get(
    "/{item_id}",
    summary="One item with its whole story",
    responses={200: answers("ITEM_DETAIL") | {"headers": _ETAG}, **refusals("not-found")},
)
def get_item(item_id: str, key: ItemsReader, app: App, response: Response) -> ItemDetail:
    """Return an item; its ETag is needed to decide."""
    view = app.approvals.item(item_id, shop=key.shop)
    response.headers["ETag"] = etag(view.version)
    return detail_of(view)


@router.get(
    "/{item_id}/decisions",
    summary="The record of decisions",
    responses={200: answers("DECISION_LIST"), **refusals("not-found")},
)
def list_decisions(item_id: str, key: ItemsReader, app: App) -> DecisionList:
    """Return every step taken on an item, in its order, with who took it, why and when."""
    return DecisionList(decisions=app.approvals.item(item_id, shop=key.shop).decisions)


@router.post(
    "/{item_id}/decisions",
    summary="Take a step",
    responses={
        200: answers("ITEM_DETAIL", "The item after the step.") | {"headers": _ETAG},
        **refusals(
            "invalid-json",
            "not-found",
            "conflict",
            "illegal-step",
            "claimed-by-another",
            "stale-version",
            "too-large",
            "unsupported-media-type",
            "invalid",
            "bad-input",
            "blocked",
            "precondition-required",
        ),
    },
)
def decide(
    item_id: str,
    decision: NewDecision,
    key: ItemsDecider,
    app: App,
    response: Response,
    if_match: Annotated[str | None, IF_MATCH] = None,
) -> ItemDetail:
    """Take one step in the name of a person: claim, edit, approve, reject and the rest.

    A text that is left out stays as it is in the draft, an empty one is dropped. Every text is checked again before
    it is approved; a blocking finding refuses the approval and is told in `findings`.
    """
    version = expected_version(if_match)
    app.approvals.item(item_id, shop=key.shop)  # another shop's item is not found, whoever the actor is
    view = app.approvals.decide(
        item_id,
        DecisionRequest.model_validate(decision.model_dump(exclude={"actor"})),
        actor=_person(app, decision.actor),
        expected_version=version,
        shop=key.shop,
    )
    response.headers["ETag"] = etag(view.version)
    return detail_of(view)


@router.post(
    "/{item_id}/preview",
    summary="Check a text without storing it",
    responses={
        200: answers("FINDINGS"),
        **refusals("invalid-json", "not-found", "too-large", "unsupported-media-type", "invalid"),
    },
)
def preview(item_id: str, texts: TextsToCheck, key: ItemsDecider, app: App) -> Findings:
    """Return what the checks say about a text as the reply to the item's review; nothing is stored."""
    found = app.approvals.preview(item_id, texts.public_reply, texts.private_message, shop=key.shop)
    return Findings(findings=found, blocked=bool(blocking(found)))


@router.post(
    "/{item_id}/translation",
    summary="Read review and draft in another language",
    responses={
        200: answers("TRANSLATION"),
        **refusals("invalid-json", "not-found", "too-large", "unsupported-media-type", "invalid", "bad-input"),
    },
)
async def translate(item_id: str, wanted: WantedTranslation, key: ItemsDecider, app: App) -> ItemTranslation:
    """Return a machine's translation of the texts that are in another language, for a person's understanding only.

    A model is asked once; the same texts again cost nothing. Where no model is set, or none answers, the answer is 503
    and names the setting. The draft stays as it is.
    """
    translation = await app.translations.translate(item_id, wanted.language, shop=key.shop)
    return ItemTranslation.model_validate(translation.model_dump())


def _person(app: Application, name: str) -> Actor:
    try:
        return app.people.actor_named(name)
    except (BadInput, NotFound):
        message = f"There is no active person called {name!r}. Send the name as it was created."
        raise ApiProblem("bad-input", message, errors=[FieldError(pointer="/actor", message=message)]) from None

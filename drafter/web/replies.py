"""What a person does to an approved reply that they paste into the platform's own page."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from drafter.approvals import View
from drafter.domain.errors import BadInput, Conflict
from drafter.domain.finding import Part
from drafter.web.desk import Wish, desk_context
from drafter.web.guard import Person, Posted, text_of
from drafter.web.pages import Notice, status_of
from drafter.web.site import Here

router = APIRouter()


@router.post("/replies/{reply_id}/copied")
def copied(here: Here, person: Person, reply_id: str, _: Posted) -> Response:
    """Hand the reply over to the person who is about to paste it; 409 where a tool has it already."""
    try:
        here.application.delivery.copied(reply_id, person.actor)
    except Conflict as error:
        return PlainTextResponse(str(error), status_code=409)
    return Response(status_code=204)


@router.post("/replies/{reply_id}/posted")
def posted(here: Here, person: Person, reply_id: str, form: Posted, view: View = "decided") -> Response:
    """Take the person's word that a part is on the platform, and show the item again."""
    item_id = text_of(form, "item") or ""
    try:
        here.application.delivery.posted_by_person(reply_id, person.actor, _part(text_of(form, "part")))
    except Conflict as error:
        status, title = status_of(error)
        wish = Wish(view=view, item_id=item_id, notice=Notice(title=title, text=str(error)))
        return here.render("desk.html", status, **desk_context(here, person, wish))
    here.application.approvals.item(item_id)  # so that a form cannot lead anywhere else
    return RedirectResponse(f"/items/{item_id}?view={view}", status_code=303)


def _part(name: str | None) -> Part | None:
    try:
        return Part(name) if name else None
    except ValueError:
        raise BadInput("A reply has a public and a private part.") from None

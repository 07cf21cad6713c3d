"""Pages that only show: the queue, an item, what became of one."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from drafter.approvals import View
from drafter.web.desk import Wish, desk_context, done_toast, rows_context
from drafter.web.guard import Person, common
from drafter.web.site import Here

router = APIRouter()

Cursor = Annotated[str | None, Query(max_length=500)]
ItemId = Annotated[str | None, Query(max_length=60)]


@router.get("/")
def start(_: Person) -> Response:
    """Lead to the queue."""
    return RedirectResponse("/queue", status_code=303)


@router.get("/queue")
def queue(here: Here, person: Person, view: View = "open", cursor: Cursor = None, done: ItemId = None) -> Response:
    """Show the queue with its first item."""
    return here.render("desk.html", **desk_context(here, person, Wish(view=view, cursor=cursor, done=done)))


@router.get("/queue/rows")
def rows(
    here: Here,
    person: Person,
    view: View = "open",
    cursor: Cursor = None,
    opened: Annotated[str | None, Query(alias="open", max_length=60)] = None,
    seen: str = "",
) -> Response:
    """Show the list alone, for a page that asks whether anything is new; 204 where it shows this already."""
    context = rows_context(here, person, Wish(view=view, cursor=cursor))
    if context["fingerprint"] == seen:
        return Response(status_code=204)
    return here.render("queue_list.html", **context | {"open": {"item": {"id": opened}} if opened else None})


@router.get("/items/{item_id}")
def item(
    here: Here,
    person: Person,
    item_id: str,
    view: View = "open",
    done: ItemId = None,
    cursor: Cursor = None,
    once: Literal["drafted"] | None = None,
) -> Response:
    """Show an item beside the queue; 204 to a page that asks for it once its new draft is there."""
    if once and here.application.approvals.item(item_id).item.regenerating:
        return Response(status_code=204)
    wish = Wish(view=view, item_id=item_id, done=done, cursor=cursor)
    return here.render("desk.html", **desk_context(here, person, wish))


@router.get("/items/{item_id}/decisions")
def after_a_refusal(item_id: str, _: Person) -> Response:
    """Lead back to the item: browsers show the address of a form that was refused, and reload it."""
    return RedirectResponse(f"/items/{item_id}", status_code=303)


@router.get("/items/{item_id}/outcome")
def outcome(
    here: Here,
    person: Person,
    item_id: str,
    view: View = "open",
    asked: Annotated[int, Query(alias="round", ge=0)] = 0,
) -> Response:
    """Show what became of an item that was decided on; 204 where there is nothing to say any more."""
    toast = done_toast(here, person.actor, item_id, asked=asked)
    if toast is None:
        return here.render("nothing.html")
    return here.render("toast.html", **common(person), toast=toast, view=view)

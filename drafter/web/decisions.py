"""The one handler of all decisions, and the inspection of a text while it is being written."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from drafter.approvals import DecisionRequest, ItemView, Texts, View
from drafter.domain.approval import Actor, DecisionKind
from drafter.domain.errors import BadInput, Blocked, ClaimedByAnother, Conflict, DrafterError, IllegalStep, StaleVersion
from drafter.web.desk import Wish, desk_context, following, shop_of, stays
from drafter.web.guard import Person, Posted, Visitor, common, text_of
from drafter.web.pages import Link, Notice, status_of
from drafter.web.site import Here, Site
from drafter.web.views import open_history, open_item

router = APIRouter()

_FIELDS = ("reason", "public_reply", "private_message", "instruction", "tone", "overrule_reason")
_TEXTS = ("public_reply", "private_message")
_CLAIM_BADGE = "claim"  # the element that claims by itself once an item has been looked at for a moment


@router.post("/items/{item_id}/decisions")
def decide(request: Request, here: Here, person: Person, item_id: str, form: Posted, view: View = "open") -> Response:
    """Take a step, then show the next item; where the step is refused, show why."""
    wanted, version = _request(form)
    badge = request.headers.get("hx-trigger") == _CLAIM_BADGE
    leaves = not (badge or stays(here, wanted.kind) or view in ("decided", "failed"))
    target = following(here, person, view, item_id) if leaves else item_id
    try:
        decided = _decide(here, person, item_id, wanted, version)
    except (Conflict, Blocked) as error:
        return _badge(here, person, item_id, view) if badge else _refused(here, person, item_id, form, view, error)
    if badge:
        return _badge(here, person, item_id, view, claimed_now=True)
    return _onwards(decided, target, view)


def _request(form: FormData) -> tuple[DecisionRequest, int]:
    """Return the step that a form asks for, and the version that the person saw."""
    given = {name: text_of(form, name) for name in _FIELDS}
    if given["tone"] == text_of(form, "own_tone"):  # the slider stands where the shop's voice has it
        given["tone"] = None
    wishes = {name: text for name, text in given.items() if text or (text is not None and name in _TEXTS)}
    try:
        return DecisionRequest.model_validate({"kind": text_of(form, "kind"), **wishes}), int(
            text_of(form, "version") or ""
        )
    except ValidationError as error:
        fields = ", ".join(sorted({str(fault["loc"][0]).replace("_", " ") for fault in error.errors()}))
        raise BadInput(
            f"The form cannot be used: look at {fields}. Texts have limits, and a decision has to be one of ours."
        ) from None
    except ValueError:
        raise BadInput("The form does not say which version of the item it is about. Reload the page.") from None


def _decide(site: Site, person: Visitor, item_id: str, wanted: DecisionRequest, version: int) -> ItemView:
    """Take the step; the person's own claim, made by looking at the item, does not make their page stale."""
    approvals = site.application.approvals
    try:
        return approvals.decide(item_id, wanted, actor=person.actor, expected_version=version)
    except StaleVersion:
        now = approvals.item(item_id)
        if not _only_claimed_since(now, version, person.actor):
            raise
        return approvals.decide(item_id, wanted, actor=person.actor, expected_version=now.version)


def _only_claimed_since(view: ItemView, version: int, actor: Actor) -> bool:
    last = view.decisions[-1] if view.decisions else None
    own_claim = last is not None and last.kind is DecisionKind.CLAIM and last.actor.id == actor.id
    if last is None or not own_claim or view.customer_changed:
        return False
    return last.details.get("version_before") == version and view.version == version + 1


def _onwards(decided: ItemView, target: str | None, view: View) -> Response:
    path = f"/items/{target}" if target else "/queue"
    return RedirectResponse(f"{path}?view={view}&done={decided.id}", status_code=303)


def _badge(site: Site, person: Visitor, item_id: str, view: View, *, claimed_now: bool = False) -> Response:
    seen = site.application.approvals.item(item_id)
    opened = open_item(seen, shop_of(site, seen.item.shop), person.actor)
    context = {**common(person), "view": view, "open": opened, "claimed_now": claimed_now}
    return site.render("claim.html", **context)


def _refused(site: Site, person: Visitor, item_id: str, form: FormData, view: View, error: DrafterError) -> Response:
    """Show the item as it is now, and above it why the step was not taken; what the person wrote stays."""
    written = Texts(public_reply=text_of(form, "public_reply"), private_message=text_of(form, "private_message"))
    status, title = status_of(error)
    if isinstance(error, Blocked):
        findings = site.application.approvals.preview(item_id, *_pair(form))
        notice = Notice(title=title, text=str(error), level="block")
        seen = site.application.approvals.item(item_id)
        texts = Texts.of(seen.item.draft).changed_by(*_pair(form))
        wish = Wish(view=view, item_id=item_id, notice=notice, texts=texts, findings=findings)
    else:
        notice = _conflict(site, item_id, view, error, written, title)
        wish = Wish(view=view, item_id=item_id, notice=notice)
    response = site.render("desk.html", status, **desk_context(site, person, wish))
    response.headers["HX-Push-Url"] = f"/items/{item_id}?view={view}"
    return response


def _conflict(site: Site, item_id: str, view: View, error: DrafterError, written: Texts, title: str) -> Notice:
    stored = Texts.of(site.application.approvals.item(item_id).item.draft)
    kept = tuple(
        text for text in (written.public_reply, written.private_message) if text and text.strip() not in _texts(stored)
    )
    return Notice(
        title=title,
        text=" ".join((str(error), *_advice(site, item_id, error), "Nothing of yours was applied.")),
        kept=kept,
        links=(Link(href=f"/queue?view={view}", word="Next item"),),
    )


def _advice(site: Site, item_id: str, error: DrafterError) -> list[str]:
    """Return who was there before, where somebody was, and what to do."""
    if isinstance(error, ClaimedByAnother):
        return ["Go on with another item."]
    if not isinstance(error, StaleVersion | IllegalStep):
        return []
    seen = site.application.approvals.item(item_id)
    told = open_history(seen)
    last = [f"{told[0].who} {site.say('decisions', told[0].kind)} {told[0].when}."] if told else []
    return [*last, "Below is the item as it is now."]


def _texts(texts: Texts) -> tuple[str, ...]:
    return tuple(text for text in (texts.public_reply, texts.private_message) if text)


def _pair(form: FormData) -> tuple[str | None, str | None]:
    return text_of(form, "public_reply"), text_of(form, "private_message")


@router.post("/items/{item_id}/preview")
def preview(here: Here, person: Person, item_id: str, form: Posted, view: View = "open") -> Response:
    """Show what the checks say of the text as it stands in the form; nothing is stored."""
    approvals = here.application.approvals
    findings = approvals.preview(item_id, *_pair(form))
    seen = approvals.item(item_id)
    texts = Texts(public_reply=_pair(form)[0], private_message=_pair(form)[1])
    opened = open_item(seen, shop_of(here, seen.item.shop), person.actor, texts=texts, findings=findings)
    return here.render("inspection.html", **common(person), open=opened, view=view)

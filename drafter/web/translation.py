"""Reading what one cannot read: the language of the person at the desk, and an item's texts in it."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from drafter.approvals import View
from drafter.domain.errors import BadInput, TranslatorFailed
from drafter.domain.translation import READABLE
from drafter.web.desk import Wish, desk_context
from drafter.web.guard import READS, Person, Posted, set_cookie, text_of
from drafter.web.pages import status_of
from drafter.web.site import Here

router = APIRouter()

_A_YEAR = 365 * 24  # hours that a browser remembers the language


@router.post("/items/{item_id}/translation")
async def translate(here: Here, person: Person, item_id: str, form: Posted, view: View = "open") -> Response:
    """Have the item's texts translated, and remember the language; where that fails, say why."""
    language = text_of(form, "language") or ""
    if language not in READABLE:
        raise BadInput("Choose a language from the list.")
    person = person.reading(language)
    response: Response = RedirectResponse(f"/items/{item_id}?view={view}#translation", status_code=303)
    try:
        await here.application.translations.translate(item_id, language)
    except (BadInput, TranslatorFailed) as error:
        wish = Wish(view=view, item_id=item_id, untranslated=str(error))
        context = await run_in_threadpool(desk_context, here, person, wish)
        response = here.render("desk.html", status_of(error)[0], **context)
    set_cookie(here, response, READS, language, hours=_A_YEAR)
    return response

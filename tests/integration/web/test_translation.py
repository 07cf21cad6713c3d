"""Reading what one cannot read: the button, the cookie, the mark of the machine, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from drafter.application import Application
from drafter.domain.approval import Role
from drafter.domain.errors import TranslatorFailed
from drafter.domain.review import Review
from drafter.settings import Settings
from drafter.store.database import Database
from drafter.testing import QUIET_SITUATION, FixedClock, ScriptedInspector, ScriptedTranslator
from drafter.web import install
from drafter.web.testing import FormBrowser, desk_application, place

MARK = "Translated by a machine, for your understanding only; what is sent is the original."
SPANISH = QUIET_SITUATION.with_changes(language="es")
Make = Callable[..., Review]
Open = Callable[[str], FormBrowser]


@pytest.fixture
def translator() -> ScriptedTranslator:
    return ScriptedTranslator()


@pytest.fixture
def application(
    sqlite_address: str, clock: FixedClock, settings: Settings, translator: ScriptedTranslator
) -> Iterator[Application]:
    database = Database(sqlite_address)
    made = desk_application(database, clock, ScriptedInspector(), settings, translators=(translator,))
    made.people.create("Ada", Role.APPROVER)
    yield made
    database.close()


@pytest.fixture
def item(application: Application, review: Make) -> str:
    return place(
        application,
        review("Se rompió <b>ya</b>"),
        "Lo sentimos.",
        private_message="¿Nos envía una foto?",
        situation=SPANISH,
    )


def test_a_foreign_item_is_translated_once_and_marked(
    browser_of: Open, item: str, translator: ScriptedTranslator, application: Application
) -> None:
    ada = browser_of("Ada")
    assert MARK not in ada.get(f"/items/{item}").text
    answer = ada.post(f"/items/{item}/translation", {"language": "en"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{item}?view=open#translation")
    page = ada.get(f"/items/{item}").text
    assert MARK in page
    for text in (
        "[en] Se rompió &lt;b&gt;ya&lt;/b&gt;",
        "[en] Lo sentimos.",
        "[en] ¿Nos envía una foto?",
        "openai:scripted",
    ):
        assert text in page
    ada.post(f"/items/{item}/translation", {"language": "en"})
    assert len(translator.asked) == 1
    draft = application.approvals.item(item).item.draft
    assert draft is not None
    assert draft.public_reply == "Lo sentimos."


def test_the_language_is_remembered_and_another_one_is_another_translation(
    browser_of: Open, item: str, translator: ScriptedTranslator
) -> None:
    ada = browser_of("Ada")
    ada.post(f"/items/{item}/translation", {"language": "ja"})
    page = ada.get(f"/items/{item}").text
    assert 'value="ja" selected' in page
    assert "[ja] Lo sentimos." in page
    assert [language for _, language in translator.asked] == ["ja"]


def test_a_changed_text_is_translated_anew(browser_of: Open, item: str, translator: ScriptedTranslator) -> None:
    ada = browser_of("Ada")
    ada.post(f"/items/{item}/translation", {"language": "en"})
    ada.decide(item, "edit", public_reply="Lo sentimos mucho.", private_message="")
    assert MARK not in ada.get(f"/items/{item}").text
    ada.post(f"/items/{item}/translation", {"language": "en"})
    assert translator.asked[1][0] == {"review": "Se rompió <b>ya</b>", "public_reply": "Lo sentimos mucho."}


def test_what_one_reads_is_not_translated(application: Application, browser_of: Open, review: Make) -> None:
    item = place(application, review("It broke."))
    ada = browser_of("Ada")
    assert "Nothing here needs a translation" in ada.get(f"/items/{item}").text
    answer = ada.post(f"/items/{item}/translation", {"language": "en"})
    assert (answer.status_code, "Nothing here" in answer.text) == (422, True)


def test_a_failure_is_told_where_the_translation_would_be_and_its_cost_is_kept(
    browser_of: Open, item: str, translator: ScriptedTranslator, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = TranslatorFailed("openai:scripted: the key is wrong: set OPENAI_API_KEY.", model="openai:scripted")
    monkeypatch.setattr(translator, "_failure", failure)
    answer = browser_of("Ada").post(f"/items/{item}/translation", {"language": "en"})
    assert answer.status_code == 503
    assert "set OPENAI_API_KEY" in answer.text.split('id="translation"')[1].split("</section>")[0]


@pytest.mark.parametrize("language", ["", "xx", "en; DROP", "<script>"])
def test_a_language_that_is_not_in_the_list_is_refused(browser_of: Open, item: str, language: str) -> None:
    assert browser_of("Ada").post(f"/items/{item}/translation", {"language": language}).status_code == 422


def test_without_a_model_the_page_names_the_setting(
    sqlite_address: str, clock: FixedClock, settings: Settings, review: Make
) -> None:
    bare = desk_application(Database(sqlite_address), clock, ScriptedInspector(), settings)
    bare.people.create("Ada", Role.APPROVER)
    item = place(bare, review("Se rompió"), "Lo sentimos.", situation=SPANISH)
    app = FastAPI(openapi_url=None)
    install(app, bare)
    ada = FormBrowser(http=TestClient(app, base_url="http://127.0.0.1", follow_redirects=False))
    token = bare.people.link(bare.people.named("Ada").id)
    ada.post("/sign-in/link", {"token": token}, page=f"/sign-in/{token}")
    assert "set DRAFTER_MODEL" in ada.get(f"/items/{item}").text
    assert ada.post(f"/items/{item}/translation", {"language": "en"}).status_code == 503
    bare.database.close()


def test_with_send_review_the_draft_stays_here(
    sqlite_address: str, clock: FixedClock, settings: Settings, review: Make, translator: ScriptedTranslator
) -> None:
    shy = desk_application(
        Database(sqlite_address),
        clock,
        ScriptedInspector(),
        settings.model_copy(update={"send": "review"}),
        translators=(translator,),
    )
    item = place(shy, review("Se rompió"), "Lo sentimos.", situation=SPANISH)
    view = shy.approvals.item(item)
    assert shy.translations.foreign(view.item, view.review, "en") == {"review": "Se rompió"}
    shy.database.close()

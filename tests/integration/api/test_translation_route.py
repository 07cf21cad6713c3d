"""Translation over the API, and another draft in another tone."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from drafter.application import Application
from drafter.domain.errors import TranslatorFailed
from drafter.store.attempts import by_outcome
from drafter.testing import ScriptedTranslator


@pytest.fixture
def translator(application: Application, monkeypatch: pytest.MonkeyPatch) -> ScriptedTranslator:
    made = ScriptedTranslator()
    monkeypatch.setattr(application.translations, "_translators", lambda: (made,))
    return made


def test_texts_come_in_the_language_that_is_asked_for_and_count_as_a_try(
    client: TestClient, application: Application, item_id: str, translator: ScriptedTranslator
) -> None:
    url = f"/v1/items/{item_id}/translation"
    answer = client.post(url, json={"language": "de"})
    assert answer.status_code == 200, answer.json()
    told = answer.json()
    assert (told["language"], told["machine"], told["model"]) == ("de", True, "openai:scripted")
    assert told["texts"]["review"] == "[de] The zipper holds."
    assert told == client.post(url, json={"language": "de"}).json()
    assert len(translator.asked) == 1
    with application.database.reading() as session:
        spent = {one.writer: one.tokens_in for one in by_outcome(session, application.clock.now())}
    assert spent["translator"] == 100
    assert client.get(f"/v1/items/{item_id}").json()["draft"]["public_reply"].startswith("Thank you, Ana")


def test_what_cannot_be_translated_says_why(
    client: TestClient, stranger: TestClient, item_id: str, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/v1/items/{item_id}/translation"
    assert client.post(url, json={"language": "en"}).status_code == 422
    assert client.post(url, json={"language": "xx"}).status_code == 422
    assert stranger.post(url, json={"language": "de"}).status_code == 404
    monkeypatch.setattr(application.translations, "_translators", lambda: ())
    none = client.post(url, json={"language": "de"})
    assert (none.status_code, "DRAFTER_MODEL" in none.json()["detail"]) == (503, True)
    tired = ScriptedTranslator(TranslatorFailed("openai:scripted: no quota: look at your plan."))
    monkeypatch.setattr(application.translations, "_translators", lambda: (tired,))
    assert "look at your plan" in client.post(url, json={"language": "de"}).json()["detail"]


def test_another_draft_is_asked_for_in_a_tone(client: TestClient, item_id: str) -> None:
    url, match = f"/v1/items/{item_id}/decisions", {"If-Match": '"1"'}
    body = {"kind": "regenerate", "actor": "maria", "tone": "formal"}
    assert client.post(url, json=body | {"tone": "sultry"}, headers=match).status_code == 422
    asked = client.post(url, json=body, headers=match).json()
    assert asked["regenerating"] is True
    assert asked["decisions"][-1]["details"]["tone"] == "formal"

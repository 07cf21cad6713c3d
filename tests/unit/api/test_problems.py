"""Problem answers: one type for every error, and no word too many."""

from __future__ import annotations

import json

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

from drafter.api.problems import CATALOGUE, on_drafter_error, type_of
from drafter.api.validation import on_validation_error, pointer
from drafter.domain import errors
from drafter.domain.finding import Finding, Part, Severity

INTERNAL = (
    errors.Misconfigured,
    errors.ModelFailed,
    errors.WriterFailed,
    errors.ReaderFailed,
    errors.JudgeFailed,
    errors.DrafterError,
)
FINDING = Finding(
    code="tone",
    check="guardrails.checks.tone",
    severity=Severity.BLOCK,
    part=Part.PUBLIC,
    start=0,
    end=4,
    message="It blames the buyer.",
    suggestion="Take the blame out.",
)


def request(path: str = "/v1/items/1") -> Request:
    return Request({"type": "http", "method": "GET", "path": path, "headers": []})


def every_error() -> list[type[errors.DrafterError]]:
    kinds = [kind for name, kind in vars(errors).items() if not name.startswith("_") and isinstance(kind, type)]
    return [kind for kind in kinds if issubclass(kind, errors.DrafterError)]


@pytest.mark.parametrize("kind", [kind for kind in every_error() if kind not in INTERNAL])
def test_every_error_that_a_client_can_do_something_about_has_a_problem_type(kind: type[errors.DrafterError]) -> None:
    error = kind((FINDING,)) if kind is errors.Blocked else kind("why")
    found = type_of(error)
    assert found is not None
    assert 400 <= found.status < 500 or found.name == "unavailable"


@pytest.mark.parametrize("kind", INTERNAL)
async def test_errors_inside_the_installation_are_raised_again_and_not_told(kind: type[errors.DrafterError]) -> None:
    with pytest.raises(kind):
        await on_drafter_error(request(), kind("DRAFTER_SECRET_KEY is short"))


async def test_a_problem_says_kind_status_what_to_do_and_where() -> None:
    answer = await on_drafter_error(request(), errors.NotFound("There is no item of that id."))
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(bytes(answer.body)) == {
        "type": "urn:drafter:problem:not-found",
        "title": CATALOGUE["not-found"].title,
        "status": 404,
        "detail": "There is no item of that id.",
        "instance": "/v1/items/1",
    }


async def test_a_blocked_text_comes_with_its_findings() -> None:
    answer = await on_drafter_error(request(), errors.Blocked((FINDING,)))
    assert answer.status_code == 422
    assert json.loads(bytes(answer.body))["findings"][0]["code"] == "tone"


def test_a_subclass_of_a_known_error_takes_its_type() -> None:
    class Odd(errors.StaleVersion):
        """One that came later."""

    found = type_of(Odd("why"))
    assert found is not None
    assert found.status == 412


async def test_an_odd_path_is_quoted_in_the_answer() -> None:
    answer = await on_drafter_error(request("/v1/items/\ud800 x"), errors.NotFound("No."))
    assert json.loads(bytes(answer.body))["instance"] == "/v1/items/%3F%20x"


async def test_validation_names_each_place_and_does_not_repeat_what_was_sent() -> None:
    faults = [
        {"type": "extra_forbidden", "loc": ("body", "review", "ratng"), "msg": "Extra inputs", "input": "SECRET"},
        {"type": "less_than_equal", "loc": ("query", "limit"), "msg": "Too much", "input": 900, "ctx": {"le": 200}},
    ]
    answer = await on_validation_error(request(), RequestValidationError(faults))
    body = json.loads(bytes(answer.body))
    assert body["errors"] == [
        {
            "pointer": "/review/ratng",
            "message": "There is no field of this name. Check the spelling, or leave it out.",
        },
        {"parameter": "limit", "message": "Send 200 or less."},
    ]
    assert "/review/ratng" in body["detail"]
    assert "SECRET" not in bytes(answer.body).decode()


async def test_a_field_name_that_is_no_text_can_still_be_named() -> None:
    fault = {"type": "extra_forbidden", "loc": ("body", "a\ud800"), "msg": "Extra inputs", "input": 1}
    answer = await on_validation_error(request(), RequestValidationError([fault]))
    assert json.loads(bytes(answer.body))["errors"][0]["pointer"] == "/a?"


def test_pointers_escape_slashes_and_tildes() -> None:
    assert pointer(["case_facts", "a/b~c", 0]) == "/case_facts/a~1b~0c/0"
    assert pointer([]) == ""


async def test_the_values_to_choose_from_are_told_as_they_are_sent() -> None:
    context = {"expected": "<DecisionKind.CLAIM: 'claim'> or <DecisionKind.EDIT: 'edit'>"}
    fault = {"type": "literal_error", "loc": ("body", "kind"), "msg": "", "ctx": context}
    response = await on_validation_error(request(), RequestValidationError([fault]))
    assert json.loads(bytes(response.body))["errors"][0]["message"] == "Send one of 'claim' or 'edit'."

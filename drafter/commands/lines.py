"""The JSON Lines formats of the three batch commands: a line becomes a record here, and a result a line.

Unknown keys are ignored; `product` is a text or `{id, name}`; `draft` takes `classify`'s flat lines too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from drafter.domain.case import Case, Prepared, ReplyToCheck
from drafter.domain.draft import Usage
from drafter.domain.errors import BadInput
from drafter.domain.finding import Finding, blocking
from drafter.domain.judging import Verdict
from drafter.domain.reading import parted
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Route, Situation

Line = dict[str, Any]

_REVIEW_KEYS = ("title", "text", "rating", "author", "language", "created_at", "media", "verified", "order_ref")


class Task(NamedTuple):
    """One good line: its id, and what is to be done with it."""

    id: str
    case: Case


def parse(raw: bytes) -> Line:
    """Return a line's object. Raises BadInput with what is wrong with it."""
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8: byte {error.start + 1} of the line cannot be read") from None
    except json.JSONDecodeError as error:
        raise BadInput(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise BadInput("not usable JSON: nested too deeply") from None
    if not isinstance(value, dict):
        raise BadInput(f"a line is one JSON object, this is {_kind(value)}")
    return value


def line_id(line: Mapping[str, Any]) -> str:
    """Return a line's id as text. Raises BadInput."""
    given = line.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int) or given == "":
        raise BadInput('"id" is missing: give each line an "id", a text or a whole number')
    return str(given)


def to_case(line: Mapping[str, Any], shop: Shop) -> Task:
    """Return a line of `classify` or `draft` as a case. Raises BadInput."""
    id_ = line_id(line)
    review = _part(line, "review") if "review" in line else line
    if not isinstance(review.get("text"), str):
        raise BadInput('"text" is missing: the review\'s text, empty where the customer only gave stars')
    return Task(id_, _case(line, review, id_, shop))


def to_reply(line: Mapping[str, Any], shop: Shop) -> tuple[str, ReplyToCheck]:
    """Return a line of `check` as a reply to check. Raises BadInput.

    `reply` is the public reply; where `channel` is `private`, it is the private message. A line may also carry both
    parts by name, as `public_reply` and `private_message`.
    """
    id_ = line_id(line)
    channel = _channel(line.get("channel"))
    reply, public, private = (line.get(key) for key in ("reply", "public_reply", "private_message"))
    if reply is not None:
        public, private = (public, reply) if channel is Channel.PRIVATE else (reply, private)
    if not isinstance(public, str) and not isinstance(private, str):
        raise BadInput('"reply" is missing: the text to check')
    task = Task(id_, _case(line, _part(line, "review"), id_, shop))
    try:
        checked = ReplyToCheck(
            case=task.case,
            channel=channel,
            language=task.case.review.language,
            public_reply=public,
            private_message=private,
        )
    except ValidationError as error:
        raise BadInput(_what_is_wrong(error)) from None
    return id_, checked


def classify_line(id_: str, situation: Situation) -> Line:
    """Return `classify`'s answer to a line."""
    return {"id": id_, **parted(situation)[0].model_dump(mode="json")}


def check_line(id_: str, findings: tuple[Finding, ...]) -> Line:
    """Return `check`'s answer to a line; `violations` are the distinct codes of the blocking findings."""
    codes = dict.fromkeys(finding.code for finding in blocking(findings))
    return {"id": id_, "violations": list(codes), "findings": findings_json(findings)}


def judged_line(id_: str, verdict: Verdict) -> Line:
    """Return `check`'s answer to a line that was judged, with what became of that and what it took.

    `judge.failed` says why the verdict is that of the rules and the trained heads alone, where it is.
    """
    judged = verdict.judgement
    told = {
        "model": judged.model if judged else None,
        "overruled": sorted({finding.code for finding in judged.overruled}) if judged else [],
        "failed": None if judged else "; ".join(attempt.reason or "" for attempt in verdict.attempts),
        "usage": sum((attempt.usage for attempt in verdict.attempts), Usage()).model_dump(mode="json"),
    }
    return {**check_line(id_, verdict.findings), "judge": told}


def draft_line(id_: str, prepared: Prepared) -> Line:
    """Return `draft`'s answer to a line; both texts are null unless the route is `draft`.

    `usage` is what all tries of all models took; its cost is null where a price is not known.
    """
    situation, draft = prepared.situation, prepared.draft
    channel = Channel.NONE if prepared.route is Route.NO_REPLY else situation.channel
    return {
        "id": id_,
        "route": prepared.route.value,
        "situation": situation.situation.value,
        "channel": channel.value,
        "language": draft.language if draft else situation.language,
        "public_reply": draft.public_reply if draft else None,
        "private_message": draft.private_message if draft else None,
        "findings": findings_json(prepared.findings),
        "flags": [flag.value for flag in situation.flags],
        "writer": draft.provenance.writer if draft else None,
        "model": draft.provenance.model if draft else None,
        "usage": prepared.usage.model_dump(mode="json"),
        "reason": prepared.reason,
    }


def findings_json(findings: tuple[Finding, ...]) -> list[Line]:
    """Return findings as the batch commands give them: without `final`, since nobody overrules anything there."""
    return [finding.model_dump(mode="json", exclude={"final"}) for finding in findings]


def _case(line: Mapping[str, Any], review: Mapping[str, Any], id_: str, shop: Shop) -> Case:
    fields = {key: review[key] for key in _REVIEW_KEYS if review.get(key) is not None}
    fields |= {
        "external_id": id_,
        "shop": shop.name,
        "product": _product(review.get("product", line.get("product"))),
        "platform": line.get("platform") or shop.platform,
        "region": line.get("region") or shop.region,
    }
    facts = line.get("case_facts") or {}
    if not isinstance(facts, dict):
        raise BadInput('"case_facts" is an object: names of facts to texts')
    try:
        return Case(
            review=Review.model_validate(fields), shop=shop, case_facts={key: _fact(facts[key]) for key in facts}
        )
    except ValidationError as error:
        raise BadInput(_what_is_wrong(error)) from None


def _product(given: object) -> Mapping[str, Any]:
    if given is None:
        return {}
    if isinstance(given, str):
        return {"name": given}
    if isinstance(given, dict):
        return {key: str(given[key]) for key in ("id", "name") if given.get(key) is not None}
    raise BadInput(f'"product" is a text or an object with "id" and "name", this is {_kind(given)}')


def _fact(value: object) -> str:
    """Return a fact as text; a fact that is not one keeps its JSON form."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _part(line: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = line.get(key)
    if not isinstance(part, dict):
        raise BadInput(f'"{key}" is missing: an object, as in the example of the README')
    return part


def _channel(given: object) -> Channel:
    try:
        return Channel(str(given or "public"))
    except ValueError:
        raise BadInput(f'"channel" is one of {", ".join(Channel)}; this is {str(given)[:40]!r}') from None


def _what_is_wrong(error: ValidationError) -> str:
    faults = (f'"{".".join(map(str, fault["loc"][-2:]))}": {fault["msg"]}' for fault in error.errors())
    return "; ".join(faults)


def _kind(value: object) -> str:
    return {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}.get(
        type(value), "null"
    )

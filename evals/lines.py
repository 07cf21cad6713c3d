"""JSON Lines as datasets: the input keys are those of `classify`, `draft` and `check`, the labels lie beside them.

Labels of reviews: `situation`, `secondary`, `language`, `sentiment`, `best_channel` (or `channel`), `route`,
`legal_threat`, `contains_personal_data`, `specific_detail`. Label of replies: `violations`, a list of codes (empty or
`["none"]` where there is none). A line without a label is not scored for it. `tags` are slices of a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from drafter.commands.lines import Line, line_id, parse, to_case, to_reply
from drafter.domain.errors import BadInput
from drafter.domain.finding import CODES
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Route, SituationName
from evals.cases import CaseEntry, EvalDataset, Expected, Inputs, dataset_of
from evals.reply_cases import CheckDataset, ExpectedCodes, ReplyCase

MAX_SENTENCES = 3  # of a public reply, where a file counts its sentences
_SHOP = Shop()
#: Channels that are right beside the labelled one, by situation.
_RIGHT_TOO: dict[str, tuple[Channel, ...]] = {
    SituationName.SAFETY: (Channel.PRIVATE, Channel.HYBRID),
    SituationName.SPAM_ABUSE: (Channel.NONE,),
}


def load(path: Path) -> EvalDataset | CheckDataset:
    """Return a JSON Lines file as a dataset: of replies where its lines carry `violations` or `reply`, else of reviews.

    Raises:
        BadInput: the file cannot be read, has no lines, or one of them cannot be used; the message says which.
    """
    found = _lines(path)
    if any("violations" in line or "reply" in line for _, line in found):
        return _replies(path, found)
    return dataset_of(path.stem, [_numbered(path, number, _review, line) for number, line in found], source=str(path))


def load_replies(path: Path) -> list[ReplyCase]:
    """Return a file of labelled replies as cases of which every code is judged. Raises BadInput."""
    return [_numbered(path, number, lambda line: _reply(line, CODES), line) for number, line in _lines(path)]


def _lines(path: Path) -> list[tuple[int, Line]]:
    try:
        numbered = [(number, raw) for number, raw in enumerate(path.read_bytes().splitlines(), 1) if raw.strip()]
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    if not numbered:
        raise BadInput(f"{path} holds no lines.")
    return [(number, _numbered(path, number, parse, raw)) for number, raw in numbered]


def _numbered(path: Path, number: int, read: Any, given: Any) -> Any:  # noqa: ANN401  # whatever `read` takes and gives
    try:
        return read(given)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:3])
        raise BadInput(f"{path}, line {number}: {faults}") from None
    except BadInput as error:
        raise BadInput(f"{path}, line {number}: {error}") from None


def _review(line: Line) -> CaseEntry:
    # a language beside a situation is a label; it must not reach the reader as the hint that it is in `classify`
    given = {key: line[key] for key in line if key != "language"} if "situation" in line else line
    task = to_case(given, _SHOP)
    inputs = Inputs(review=task.case.review, case_facts=task.case.case_facts)
    return CaseEntry(name=task.id, inputs=inputs, metadata=_labels(line))


def _labels(line: Line) -> Expected:
    detail = line.get("specific_detail")
    return Expected(
        situation=line.get("situation"),
        secondary=tuple(line.get("secondary") or ()),
        language=line.get("language") if "situation" in line else None,
        sentiment=line.get("sentiment"),
        legal_threat=line.get("legal_threat"),
        personal_data=line.get("contains_personal_data"),
        channels=_channels(line),
        route=line.get("route") or _route(line),
        details=(detail,) if detail else (),
        tags=tuple(line.get("tags") or ()),
    )


def _channels(line: Line) -> tuple[Channel, ...]:
    """Return the channels that are right: harm may also be acknowledged in public, noise needs no answer at all."""
    label = line.get("best_channel") or line.get("channel")
    if label is None:
        return ()
    besides = _RIGHT_TOO.get(str(line.get("situation")), ())
    return tuple(dict.fromkeys((label, *besides)))


def _route(line: Line) -> Route | None:
    """Return where a labelled review must go: harm and legal threats to a person, noise nowhere."""
    if line.get("situation") == SituationName.SAFETY or line.get("legal_threat"):
        return Route.ESCALATE
    if line.get("situation") is None:
        return None
    return Route.NO_REPLY if line["situation"] == SituationName.SPAM_ABUSE else Route.DRAFT


def _replies(path: Path, found: Iterable[tuple[int, Line]]) -> CheckDataset:
    lines = list(found)
    carried = {code for _, line in lines for code in line.get("violations") or ()}
    # a code that no line of the file carries was most likely not judged; in a file of clean replies, all were
    judged = tuple(code for code in CODES if code in carried) or CODES
    cases = [_numbered(path, number, lambda line: _reply(line, judged), line) for number, line in lines]
    try:
        return CheckDataset(name=path.stem, cases=cases)
    except ValueError as error:
        raise BadInput(f"{path} cannot be used as a dataset: {error}") from None


def _reply(line: Line, judged: tuple[str, ...]) -> ReplyCase:
    id_, reply = to_reply(line if "review" in line else _as_check_line(line), _SHOP)
    codes = tuple(code for code in line.get("violations") or () if code != "none")
    if unknown := set(codes) - set(CODES):
        raise BadInput(f"there is no code {', '.join(sorted(unknown))}")
    borderline = bool(line.get("borderline"))
    expected = ExpectedCodes(
        codes=codes,
        judged=() if borderline or "violations" not in line else _judged(line, judged),
        language=reply.language,
        tags=(*(line.get("tags") or ()), *(["borderline"] if borderline else [])),
    )
    return ReplyCase(name=id_, inputs=reply, metadata=expected)


def _as_check_line(line: Line) -> Mapping[str, Any]:
    """Return a labelled reply without its review (`text` is the reply) as a line of `check`."""
    review = {"text": "", "rating": line.get("review_rating"), "language": line.get("language")}
    return {"id": line_id(line), "review": review, "reply": line.get("reply", line.get("text"))}


def _judged(line: Line, judged: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes that count for a line: a length counted by a script counts only where it is surely too long."""
    count = line.get("sentence_count")
    sure = count is None or (count > MAX_SENTENCES and not line.get("length_borderline"))
    return judged if sure else tuple(code for code in judged if code != "length")

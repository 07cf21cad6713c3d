"""What reviews say is said again about the customer: by language as `retelling/<language>.yaml` has it, and in general.

A file holds clauses with what is `said` of them, clauses that are `left` to words of ours, whole `drafts` with what
stands and does not stand in them, and `reports`. All texts are our own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Situation, SituationName, Statement
from drafter.domain.yaml_files import parsed
from drafter.reports.clauses import Lists
from drafter.reports.spirit import Spirit, spirit_of
from drafter.writers.points import reported
from drafter.writers.retelling import MOST_CHARACTERS, retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()
CASES = {
    file.stem: parsed(file.read_text(encoding="utf-8")) for file in (Path(__file__).parent / "retelling").iterdir()
}
LANGUAGES = [language for language in LIBRARY.languages() if LIBRARY.retelling(language)]
TOKENS = ("I", "my", "it", "the", "zip", "broke", "and,", "not", "you", "because", "it's", "came", "US", "12345")
WORDS = st.lists(st.sampled_from((*TOKENS, "!", "?", "@", "was", "'cause", "–", "ลูกค้า", "届いた")), max_size=12).map(
    " ".join
)


def of_every_language(kind: str) -> list[tuple[str, Any]]:
    """Return the language and each case of a kind."""
    listed = ((language, cases.get(kind, [])) for language, cases in sorted(CASES.items()))
    return [(language, one) for language, found in listed for one in (found.items() if kind == "said" else found)]


def read_as(told: Mapping[str, Any], language: str) -> tuple[Case, Situation]:
    review = Review(external_id="1", text=told["text"], rating=told["rating"], language=language)
    situation = Situation(
        situation=SituationName(told["situation"]),
        language=language,
        sentiment=0,
        channel=Channel(told.get("channel", "public")),
        confidence=0.9,
        reader="scripted",
    )
    return Case(review=review, shop=Shop(default_language=language)), situation


def test_there_are_cases_of_every_language() -> None:
    assert sorted(CASES) == sorted(LANGUAGES)
    assert all(len(cases["said"]) > 15 and len(cases["left"]) > 10 and cases["drafts"] for cases in CASES.values())


@pytest.mark.parametrize(("language", "case"), of_every_language("said"))
def test_a_clause_is_said_again_about_the_customer(language: str, case: tuple[str, str]) -> None:
    clause, said = case
    assert retold(clause, language, LIBRARY) == said


@pytest.mark.parametrize(("language", "clause"), of_every_language("left"))
def test_what_would_not_read_well_is_left_to_words_of_ours(language: str, clause: str) -> None:
    """Fragments, statements without a mark between them, wishes, insults, harm, the shop, time that passes, names."""
    assert retold(clause, language, LIBRARY) is None


@pytest.mark.parametrize(("language", "told"), of_every_language("drafts"))
async def test_a_draft_says_what_the_review_says(language: str, told: dict[str, Any]) -> None:
    draft = await TemplateWriter(LIBRARY).write(*read_as(told, language), Brief())
    public, private = (text.casefold() for text in (draft.public_reply or "", draft.private_message or ""))
    assert [said for said in told.get("public", []) if said.casefold() not in public] == [], public
    assert [said for said in told.get("private", []) if said.casefold() not in private] == [], private
    assert [said for said in told.get("never", []) if said.casefold() in public] == [], public
    if told.get("apart"):  # further praise has a sentence of its own
        first, second = (said.casefold() for said in told["apart"])
        assert re.search(r"[.!?。！]", public[public.index(first) : public.index(second)]), public


@pytest.mark.parametrize(("language", "told"), of_every_language("reports"))
def test_a_report_takes_a_statement_as_it_is_meant(language: str, told: dict[str, Any]) -> None:
    report = reported(*read_as(told, language), language, LIBRARY)
    main, complaints = ([one.said for one in side] for side in (report.main, report.complaints))
    if "main" in told:
        assert main[: len(told["main"])] == told["main"]
    if "complaints" in told:
        assert complaints == told["complaints"]
        assert report.glad or not (told["complaints"] == [] and main)


@pytest.mark.parametrize("language", LANGUAGES)
@given(clause=st.one_of(WORDS, st.text(max_size=60)))
def test_any_clause_is_retold_in_plain_words_or_not_at_all(language: str, clause: str) -> None:
    again = retold(clause, language, LIBRARY)
    if again is not None:
        assert 0 < len(again) <= MOST_CHARACTERS + 20  # a subject may be added
        assert again.strip() == again
        assert not set('"{}@<>?!\n') & set(again)


def test_a_language_without_rules_retells_nothing() -> None:
    assert retold("the zip broke after two days", "xx", LIBRARY) is None


def read(about: str, text: str, *, share: float = 0.9) -> Statement:
    return Statement(about=SituationName(about), share=share, start=0, end=len(text))


@pytest.mark.parametrize(
    ("clause", "about", "spirit"),
    [
        ("the lid leaks", "quality", Spirit.FAULT),
        ("the lid leaks", "positive", None),  # words and reader disagree
        ("the lid leaks", "other", Spirit.FAULT),
        ("it fits perfectly", "positive", Spirit.PRAISE),
        ("it is not good", "quality", Spirit.FAULT),  # denied praise
        ("no problems", "positive", Spirit.PRAISE),  # denied fault: the reader decides
        ("the parcel is nowhere to be found", "shipping", Spirit.FAULT),  # the reader alone, who is sure
        ("I got the pink one", "wrong_item", None),  # a tale
        ("I would buy it again", "positive", None),  # says nothing of the article
    ],
)
def test_words_and_reader_together_tell_praise_from_fault(clause: str, about: str, spirit: Spirit | None) -> None:
    points = LIBRARY.points("en")
    assert points is not None
    assert spirit_of(clause, read(about, clause), points, Lists(language="en", library=LIBRARY)) is spirit


def test_a_reader_who_is_not_sure_does_not_decide_alone() -> None:
    points = LIBRARY.points("en")
    assert points is not None
    lists, clause = Lists(language="en", library=LIBRARY), "the parcel is nowhere to be found"
    assert spirit_of(clause, read("shipping", clause, share=0.5), points, lists) is None


def test_only_words_make_a_fault_where_the_customer_is_content() -> None:
    points = LIBRARY.points("en")
    assert points is not None
    lists, heard = Lists(language="en", library=LIBRARY), "the parcel is nowhere to be found"
    assert spirit_of(heard, read("shipping", heard), points, lists, content=True) is None
    assert spirit_of("the lid leaks", read("quality", ""), points, lists, content=True) is Spirit.FAULT


def test_a_question_states_nothing() -> None:
    assert report_of("Is the lid broken? The strap tore.") == ["the strap tore"]


def report_of(text: str, *statements: tuple[str, str], situation: str = "quality") -> list[str]:
    """Return what a reply repeats of a review whose clauses were read so."""
    found = tuple(
        Statement(about=SituationName(about), share=0.9, start=text.index(clause), end=text.index(clause) + len(clause))
        for clause, about in statements
    )
    case = Case(review=Review(external_id="1", text=text), shop=Shop(default_language="en"))
    reading = Situation(
        situation=SituationName(situation),
        language="en",
        sentiment=-1,
        statements=found,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )
    return [one.said for one in reported(case, reading, "en", LIBRARY).every]


def test_what_is_no_listed_point_is_repeated_as_the_customer_says_it() -> None:
    text = "My lamp goes dark whenever the kettle is used. The shade is lovely."
    told = report_of(
        text, ("My lamp goes dark whenever the kettle is used", "quality"), ("The shade is lovely", "positive")
    )
    assert told == ["your lamp goes dark whenever the kettle is used", "the shade is lovely"]


def test_two_clauses_that_belong_together_stay_together() -> None:
    assert report_of("The strap tore after we carried two books.") == ["the strap tore after you carried two books"]
    assert report_of("The strap tore, and the lid broke.") == ["the strap tore", "the lid broke"]


def test_what_is_supposed_is_not_repeated() -> None:
    assert report_of("If the strap tore, I would be sad.", ("the strap tore", "quality")) == []

"""What a model says it used is held to the case: what is not there is left out of the record and told."""

import pytest

from drafter.writers.naming import Named, details_named, facts_named, facts_stated

FACTS = {"return_policy": "Returns within 30 days.", "Size exchange": "Free within 14 days."}
REVIEW = "The zipper broke after two days, and the lining tears as well. LOVE the colour though!"


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ("return_policy", "return_policy"),
        ("Return policy", "return_policy"),
        ("`return-policy`", "return_policy"),
        ("return_policy: Returns within 30 days.", "return_policy"),
        ("Returns within 30 days.", "return_policy"),
        ("size_exchange", "Size exchange"),
    ],
)
def test_a_fact_is_known_by_its_name_however_it_is_spelled_or_by_its_text(named: str, key: str) -> None:
    assert facts_named([named, named], FACTS) == Named(known=(key,))


def test_a_fact_that_there_is_not_is_told_and_nothing_is_nothing() -> None:
    named = facts_named(["refund_approved", "None", "n/a", " ", "refund_approved"], FACTS)
    assert named == Named(known=(), unknown=("refund_approved",))


@pytest.mark.parametrize(
    ("said", "used"),
    [
        ("You can return it within 30 days.", ("return_policy",)),
        ("You can return it within 30 days, or exchange it within 14.", ("return_policy", "Size exchange")),
        ("It broke after 2 days.", ()),  # the review's own figure
        ("Sorry about that.", ()),
    ],
)
def test_a_fact_whose_figure_is_stated_counts_as_used_though_it_was_not_named(said: str, used: tuple[str, ...]) -> None:
    assert facts_stated(said, {**FACTS, "delivery": "2 days"}, (), "It broke after 2 days") == used


def test_a_figure_that_a_named_fact_holds_names_no_other_fact() -> None:
    facts = {"returns": "30 days", "warranty": "30 days of care"}
    assert facts_stated("You have 30 days.", facts, ("returns",), "") == ("returns",)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("the ZIPPER broke after two days", "The zipper broke after two days"),
        ("“the lining tears”", "the lining tears"),
        ("zippr broke after two days", "zipper broke after two days"),
        ("love the colour", "LOVE the colour"),
    ],
)
def test_a_detail_is_kept_in_the_reviews_own_words(named: str, words: str) -> None:
    assert details_named([named], REVIEW, "Tote") == Named(known=(words,))


def test_a_detail_that_the_review_does_not_state_is_told() -> None:
    named = details_named(["the strap came off", "Tote", "", "It never arrived"], REVIEW, "Tote")
    assert named == Named(known=(), unknown=("the strap came off", "It never arrived"))


def test_a_detail_in_a_script_without_spaces() -> None:
    assert details_named(["2日で壊れました"], "ファスナーが2日で壊れました。", "").known == ("2日で壊れました",)


@pytest.mark.parametrize("review", ["", "ok", "İİİİİİ İİİİİİ İİİİİİ"])
def test_a_review_with_little_in_it_holds_no_detail(review: str) -> None:
    """Also one whose letters change their number in small form, so that places could not be found again."""
    assert details_named(["i̇i̇i̇i̇i̇i̇ iiiiiii"], review, "").known == ()

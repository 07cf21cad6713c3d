"""Edits: their distance is of words or letters, and their difference shows whole phrases."""

import pytest

from drafter.domain.draft import Draft, Provenance
from drafter.domain.edits import Change, difference, differences, edit_distance, marked


def draft(public: str | None, private: str | None = None, language: str = "en") -> Draft:
    return Draft(
        public_reply=public, private_message=private, language=language, provenance=Provenance(writer="template")
    )


def told(before: str, after: str, language: str = "en") -> list[tuple[str, str]]:
    return [(change.kind, change.text) for change in difference(before, after, language)]


def test_the_same_text_has_no_distance_and_no_difference() -> None:
    same = draft("Thank you, Ana.", "Write to us.")
    assert edit_distance(same, same) == 0.0
    assert differences(same, same) == ()


def test_a_word_in_four_is_a_quarter() -> None:
    assert edit_distance(draft("we are so glad"), draft("we are very glad")) == 0.25


def test_both_parts_count_by_their_length() -> None:
    """Of eight words, the two of a dropped message are gone."""
    before = draft("one two three four five six", "seven eight")
    assert edit_distance(before, draft("one two three four five six")) == 0.25


def test_another_text_altogether_is_the_whole_way() -> None:
    assert edit_distance(draft("yes"), draft("no")) == 1.0


@pytest.mark.parametrize("language", ["ja", "th"])
def test_letters_count_where_words_are_not_parted(language: str) -> None:
    before, after = ("ありがとう", "ありがたう") if language == "ja" else ("ขอบคุณค่ะ", "ขอบคุณครับ")
    assert 0 < edit_distance(draft(before, language=language), draft(after, language=language)) < 1
    assert edit_distance(draft(before), draft(after)) == 1.0


def test_a_difference_keeps_neighbouring_words_together() -> None:
    assert told("We are very sorry for this.", "We are glad about this.") == [
        ("kept", "We are "),
        ("removed", "very sorry for"),
        ("added", "glad about"),
        ("kept", " this."),
    ]


def test_a_difference_gives_both_texts_back() -> None:
    before, after = "Merci beaucoup, Ana ! C’est noté.", "Merci, Ana. C’est bien noté !"
    changes = difference(before, after, "fr")
    assert "".join(change.text for change in changes if change.kind != "added") == before
    assert "".join(change.text for change in changes if change.kind != "removed") == after


def test_thai_signs_stay_with_their_letters() -> None:
    assert ("removed", "ค่") in told("ค่ะ", "คะ", "th")


def test_only_changed_parts_are_told() -> None:
    assert differences(draft("Thank you.", "Hello"), draft("Thank you.", "Hi")) == (
        (Change(kind="removed", text="Hello"), Change(kind="added", text="Hi")),
    )


def test_a_difference_can_be_told_in_one_text() -> None:
    assert marked(difference("We are sorry.", "We are so glad.", "en")) == "We are [-sorry-]{+so glad+}."


def test_a_very_long_text_counts_as_replaced() -> None:
    long = "word " * 2_000
    assert [kind for kind, _ in told(long, long + "more")] == ["removed", "added"]

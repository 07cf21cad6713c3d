"""What is taken off a model's plain words, and what is left as it is."""

import pytest

from drafter.writers.answers import alone, written


@pytest.mark.parametrize(
    "said",
    [
        "Thank you, Ana.",
        "  Thank you, Ana.\n",
        "```\nThank you, Ana.\n```",
        "```text\nThank you, Ana.```",
        '"Thank you, Ana."',
        "“Thank you, Ana.”",
        "„Thank you, Ana.“",
        "「Thank you, Ana.」",
        "Public reply: Thank you, Ana.",
        "**Public reply:** Thank you, Ana.",
        "**Public Reply**: Thank you, Ana.",
        "### Reply\nThank you, Ana.",
        "Antwort: „Thank you, Ana.“",
        "返信：「Thank you, Ana.」",
        "คำตอบ: Thank you, Ana.",
        "<think>She is angry.\n---\nBe kind.</think>\nThank you, Ana.",
        "She is angry.</think>Thank you, Ana.",
        "---\nThank you, Ana.\n---\n",
        '```\nReply: "Thank you, Ana."\n```',
    ],
)
def test_a_text_that_is_wrapped_is_taken_out(said: str) -> None:
    assert written(said).public_reply == "Thank you, Ana."
    assert written(said).private_message == ""


@pytest.mark.parametrize("divider", ["---", " ----- ", "***", "___", "———", "—"])
def test_a_line_of_dashes_parts_the_two_texts(divider: str) -> None:
    answer = written(f"Public reply: Thank you.\n{divider}\nPrivate message:\n“Hello Ana.”")
    assert (answer.public_reply, answer.private_message) == ("Thank you.", "Hello Ana.")


@pytest.mark.parametrize(
    "said",
    [
        "“Soft” and “warm”: thank you.",
        '"Soft" it is, and "warm".',
        "Thank you - we are glad --- very.",
        "Reply to us in the shop chat.",
        "Messages: we read them all.",
        "Thank you.\nAna, Tote team",
        "Here is the reply you wanted: thank you.",
        "Use ```code``` here.",
    ],
)
def test_nothing_else_is_guessed(said: str) -> None:
    """What a model adds in its own words stays, for the checks to find."""
    assert written(said).public_reply == said


def test_only_the_first_line_of_dashes_parts() -> None:
    assert written("One.\n---\nTwo.\n---\nThree.").private_message == "Two.\n---\nThree."


@pytest.mark.parametrize("said", ["", " \n", "---", "<think>never ends", "```\n```", "Reply:"])
def test_nothing_is_nothing(said: str) -> None:
    answer = written(said)
    assert answer.public_reply == ""
    assert answer.private_message == ""


def test_a_text_is_unwrapped_but_never_emptied() -> None:
    assert alone('""') == '""'

"""The pages have a word for every value of the domain's closed sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pytest

from drafter.domain.approval import DecisionKind, ItemState, Role
from drafter.domain.draft import PERSON, Attempt
from drafter.domain.finding import CODES, Layer, Part
from drafter.domain.reply import ReplyState
from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import Channel, CountsAs, Flag, SituationName
from drafter.people import Scope
from drafter.web.words import load_words, speaker
from drafter.writers.llm import LlmWriter
from drafter.writers.template import TemplateWriter

OUTCOMES = get_args(Attempt.model_fields["outcome"].annotation)
WRITERS = (TemplateWriter.name, LlmWriter.name, PERSON)


@pytest.mark.parametrize(
    ("group", "values"),
    [
        ("situations", SituationName),
        ("channels", Channel),
        ("flags", Flag),
        ("flag_reasons", Flag),
        ("states", ItemState),
        ("decisions", DecisionKind),
        ("reply_states", ReplyState),
        ("counts_as", CountsAs),
        ("codes", CODES),
        ("languages", SUPPORTED_LANGUAGES),
        ("roles", Role),
        ("scopes", Scope),
        ("parts", Part),
        ("layers", get_args(Layer)),
        ("came_to_judge", OUTCOMES),
        ("outcomes", OUTCOMES),
        ("came_to", OUTCOMES),
        ("writers", WRITERS),
        ("written_by", WRITERS),
    ],
)
def test_every_value_has_a_word(group: str, values: Iterable[str]) -> None:
    assert set(values) <= set(load_words()[group])


def test_a_value_without_a_word_is_spelled_out() -> None:
    assert speaker(load_words())("codes", "robotic_phrase") == "Robotic phrase"

"""A shop's own rules: written as data, found in every disguise, refused clearly where they cannot work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from drafter.commands import lines
from drafter.commands.offline import load_shop
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.errors import BadInput
from drafter.domain.finding import Finding
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.shop_rule import ShopRule
from drafter.domain.situation import Channel
from drafter.testing import SetLanguage
from guardrails.runner import Guardrails

Rule = Mapping[str, object]

RIVALS: dict[str, object] = {
    "name": "no_rivals",
    "words": ["Bagworld", "Tote & More"],
    "reason": "We name no other shop.",
}


def findings(text: str, *rules: Rule, language: str = "en", private: str | None = None) -> tuple[Finding, ...]:
    shop = Shop.model_validate({"rules": list(rules)})
    review = Review(external_id="1", text="The strap holds well and looks good on me")
    checked = ReplyToCheck(
        case=Case(review=review, shop=shop),
        channel=Channel.PUBLIC,
        language=language,
        public_reply=text,
        private_message=private,
    )
    found = Guardrails(languages=SetLanguage(language)).inspect(checked)
    return tuple(finding for finding in found if finding.code.startswith("shop_rule:"))


def passages(text: str, *rules: Rule, language: str = "en") -> list[str]:
    return [text[found.start : found.end] for found in findings(text, *rules, language=language)]


def test_a_finding_names_the_rule_and_gives_its_reason_and_suggestion() -> None:
    (found,) = findings("Bagworld has it too.", RIVALS | {"suggestion": "Name our own bag."})
    assert (found.code, found.check) == ("shop_rule:no_rivals", "guardrails.shop_rules")
    assert "'no_rivals': We name no other shop." in found.message
    assert (found.suggestion, found.blocks, found.overrulable) == ("Name our own bag.", True, False)


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Unlike BAGWORLD, we sew.", "BAGWORLD"),
        ("Unlike tote  &\nmore, we sew.", "tote  &\nmore"),
        ("Unlike B\u200bag\u0440or\u200bld or Bаgworld.", "Bаgworld"),  # Cyrillic letters
        ("Unlike b a g w o r l d, we sew.", "b a g w o r l d"),
        ("Unlike b4gw0rld, we sew.", "b4gw0rld"),
    ],
)
def test_words_are_found_in_any_case_and_in_disguise(text: str, passage: str) -> None:
    assert passages(text, RIVALS) == [passage]


def test_a_word_within_another_is_none_where_words_have_edges() -> None:
    assert passages("A bagworldly wise bag.", RIVALS) == []
    japanese = {"name": "cheap", "words": ["激安"], "reason": "Too loud."}
    assert passages("これは激安です。", japanese, language="ja") == ["激安"]


def test_a_pattern_is_searched_as_written_in_any_case() -> None:
    rule = {"name": "skus", "pattern": r"\bSKU[- ]?\d{3,}", "reason": "No stock numbers."}
    assert passages("It is sku-4711, the blue one.", rule) == ["sku-4711"]


def test_a_rule_holds_for_its_languages_and_its_part_only() -> None:
    german = RIVALS | {"languages": ["de"]}
    assert passages("Bagworld has it too.", german) == []
    assert passages("Bagworld has it too.", german, language="de") == ["Bagworld"]
    (found,) = findings("Bagworld.", RIVALS | {"part": "private"}, private="Not Bagworld.")
    assert (found.part.value, found.start) == ("private", 4)


def test_only_blocking_rules_are_violations() -> None:
    warns = {"name": "hedges", "words": ["maybe"], "reason": "Say yes or no.", "severity": "warn"}
    line = lines.check_line("1", findings("Maybe Bagworld has it.", RIVALS, warns))
    assert line["violations"] == ["shop_rule:no_rivals"]
    assert [found["code"] for found in line["findings"]] == ["shop_rule:no_rivals", "shop_rule:hedges"]


def test_a_pattern_that_runs_away_is_stopped_and_counts_as_broken() -> None:
    rule = {"name": "runaway", "pattern": r"(?:(?:a|aa)+)+b", "reason": "Never mind."}
    (found,) = findings("a" * 400, rule)
    assert (found.start, found.end, found.blocks) == (0, 400, True)
    assert "'runaway' took too long" in found.message


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "No Rivals"}, "name"),
        ({"words": []}, "rule 'no_rivals': give it words or a pattern"),
        ({"words": ["  "]}, "rule 'no_rivals', words: one of them is blank"),
        ({"pattern": "a(b"}, r"rule 'no_rivals', pattern: missing \) at character 4"),
        ({"pattern": "a*"}, "rule 'no_rivals', pattern: it fits an empty text"),
        ({"reason": ""}, "reason"),
        ({"severity": "stop"}, "severity"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(fields: Rule, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ShopRule.model_validate({**RIVALS, **fields})


def test_a_shop_file_with_a_bad_rule_names_shop_rule_and_place(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    for fields, told in (
        ({"pattern": "a(b"}, r"shop 'bags' cannot be used: rules\.no_rivals: .*pattern: missing \) at character 4"),
        ({"part": "both sides"}, r"shop 'bags' cannot be used: rules\.no_rivals\.part: "),
    ):
        file.write_text(yaml.safe_dump({"name": "bags", "rules": [{**RIVALS, **fields}]}), encoding="utf-8")
        with pytest.raises(BadInput, match=told):
            load_shop(file)
    file.write_text(yaml.safe_dump({"name": "bags", "rules": [RIVALS, RIVALS]}), encoding="utf-8")
    with pytest.raises(BadInput, match="more than one no_rivals"):
        load_shop(file)


def test_a_shop_with_rules_can_be_stored_and_read_again() -> None:
    shop = Shop.model_validate({"rules": [RIVALS]})
    assert Shop.from_store(shop.model_dump(mode="json")) == shop

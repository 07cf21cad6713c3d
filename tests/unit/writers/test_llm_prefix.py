"""Requests to a model begin alike, so that providers keep what they have in common; its worked answers are right."""

import re
from itertools import product

import pytest

from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.review import Product, Review
from drafter.domain.shop import SUPPORTED_LANGUAGES, BrandVoice, Shop, VoiceExample
from drafter.domain.situation import Channel, SituationName
from drafter.languages import Languages
from drafter.llm.case_masks import masks_for
from drafter.testing import QUIET_SITUATION
from drafter.writers.asking import Question
from guardrails.runner import Guardrails
from prompts.prompt import Prompt, Rendered

LEAST_KEPT = 1_024  # tokens of a common beginning that providers keep
PROMPT = Prompt("write_reply")
VOICE = BrandVoice(use=("with pleasure",), avoid=("cheap",), examples=(VoiceExample(reply="Glad it fits."),))
SHOP = Shop(display_name="Bags", brand_voice=VOICE, standing_facts={"returns": "30 days"})
SITUATIONS = sorted(set(SituationName) - {SituationName.SPAM_ABUSE})


def rendered(case: Case, form: str = "function_calling", brief: Brief = Brief(), **changes: object) -> Rendered:
    situation = QUIET_SITUATION.with_changes(**changes)
    return Question(PROMPT, case, situation, brief, masks_for(case)).rendered(form)


def a_case(text: str, shop: Shop = SHOP, **facts: str) -> Case:
    return Case(review=Review(external_id="1", text=text, product=Product(name=text[:3])), shop=shop, case_facts=facts)


@pytest.mark.parametrize("form", ["function_calling", "json_schema", "json_mode", "text"])
def test_the_rules_are_the_same_for_every_draft_of_a_form_and_long_enough_to_be_kept(form: str) -> None:
    cases = [a_case("Torn."), a_case("ดีมาก", Shop(display_name="Other"), order="late")]
    rules = {
        rendered(case, form, situation=situation, channel=channel, language=language).system
        for case, situation, channel, language in product(
            cases, SITUATIONS, (Channel.PUBLIC, Channel.HYBRID, Channel.PRIVATE), SUPPORTED_LANGUAGES
        )
    }
    assert len(rules) == 1
    assert len(rules.pop().encode()) / 4 > 1.05 * LEAST_KEPT  # four bytes are a token in English, give or take


def test_what_a_shop_says_once_comes_before_what_changes_with_the_case() -> None:
    one = rendered(a_case("Torn.", order="late"), language="en").user
    other = rendered(a_case("Rota.", parcel="lost"), language="es", channel=Channel.HYBRID).user
    common = one[: next(at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)]
    assert common.endswith("\n\nLanguage of the answer: e")
    for told in ("Bags", "with pleasure", "cheap", "Glad it fits.", "- returns: 30 days"):
        assert told in common


def test_a_fact_of_the_case_takes_the_place_of_the_shops() -> None:
    user = rendered(a_case("Torn.", returns="60 days for this order")).user
    assert "30 days" not in user
    assert "Case facts, all that the seller knows of this case:\n- returns: 60 days" in user


def test_without_a_fact_the_answer_is_told_to_promise_nothing() -> None:
    assert "so the answer promises nothing" in rendered(a_case("Torn.", Shop())).user
    assert "promises nothing" not in rendered(a_case("Torn.")).user


def test_only_the_languages_own_note_is_told_and_it_follows_the_tone() -> None:
    warm = rendered(a_case("Gut."), language="de").user
    formal = rendered(a_case("Gut."), language="de", brief=Brief(tone="formal")).user
    assert "Language of the answer: de (German)\nAddress the customer as du, written small.\n" in warm
    assert "Language of the answer: de (German)\nAddress the customer as Sie.\n" in formal
    assert ("Voice: warm" in warm, "Voice: formal" in formal) == (True, True)
    assert "です" not in warm


def test_every_language_says_how_the_customer_is_spoken_to_in_both_tones() -> None:
    for table, language in product(("register", "register_formal"), SUPPORTED_LANGUAGES):
        assert PROMPT.phrase(table, language).endswith(".")


def test_every_further_situation_has_words() -> None:
    assert all(PROMPT.phrase("point", situation) for situation in SITUATIONS)


WORKED = re.compile(r'(?P<told>[^\n]*): "(?P<review>[^"\n]+)"\nGood(?:, in public)?: (?P<good>[^\n]+)\n'
                    r"(?:Good, in private: (?P<private>[^\n]+)\n)?Bad: (?P<bad>[^\n]+)\n")  # fmt: skip


def test_the_worked_answers_of_the_rules_are_what_they_are_called() -> None:
    """A model learns from them, whatever else it is told."""
    worked = list(WORKED.finditer(rendered(a_case("Torn.")).system))
    assert len(worked) == 3
    guardrails = Guardrails(languages=Languages())
    for example, language in zip(worked, ("en", "es", "de"), strict=True):
        facts = {"size_exchange": "free exchange within 30 days"} if "fact" in example["told"] else {}
        case = Case(review=Review(external_id="1", text=example["review"], language=language), case_facts=facts)
        reply = ReplyToCheck(
            case=case,
            channel=Channel.HYBRID if example["private"] else Channel.PUBLIC,
            language=language,
            public_reply=example["good"],
            private_message=example["private"],
        )
        assert guardrails.inspect(reply) == ()
        bad = reply.with_changes(public_reply=example["bad"], private_message=None)
        assert any(finding.blocks for finding in guardrails.inspect(bad))

"""Every wording passes the guardrails with the fullest filling, and so does every topic that it may name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import Part, blocking
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel
from drafter.domain.text import counted_sentences, sentences
from drafter.languages import Languages
from drafter.testing.wordings import topics_in_turn
from guardrails.runner import Guardrails
from prompts.library import Library, Templates, render

LIBRARY = Library()
GUARDRAILS = Guardrails(languages=Languages())
MOST_TOPICS = 16  # of a situation that are tried with its first wordings


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a reply may take from a review, and the stems of every way to say thanks and sorry."""

    detail: str
    thanks: tuple[str, ...]
    sorry: tuple[str, ...]
    name: str = "Ana"


SAMPLES = {
    "en": Sample(detail="the zipper broke after two days", thanks=("thank",), sorry=("sorry", "apolog")),
    "es": Sample(
        detail="la cremallera se rompió a los dos días",
        thanks=("gracias", "agradec"),
        sorry=("sentimos", "lamentamos", "disculp", "perdón"),
    ),
    "pt": Sample(
        detail="o zíper quebrou depois de dois dias", thanks=("agradec", "obrigad"), sorry=("lamentamos", "desculp")
    ),
    "fr": Sample(
        detail="la fermeture a cassé après deux jours", thanks=("merci", "remerci"), sorry=("désolé", "excus", "navré")
    ),
    "de": Sample(
        detail="der Reißverschluss ist nach zwei Tagen kaputt",
        thanks=("dank",),
        sorry=("leid", "entschuldig", "verzeih"),
    ),
    "it": Sample(
        detail="la cerniera si è rotta dopo due giorni",
        thanks=("grazie", "ringrazi"),
        sorry=("dispiac", "scus", "spiace"),
    ),
    "id": Sample(detail="ritsletingnya rusak", thanks=("terima kasih", "makasih"), sorry=("maaf",)),
    "ms": Sample(detail="zipnya rosak", thanks=("terima kasih",), sorry=("maaf",)),
    "th": Sample(detail="ซิปเสียตั้งแต่วันแรกที่", thanks=("ขอบคุณ",), sorry=("ขออภัย", "ขอโทษ"), name="แอน"),
    "vi": Sample(detail="khóa kéo bị hỏng", thanks=("cảm ơn",), sorry=("xin lỗi",)),
    "fil": Sample(detail="sira ang zipper", thanks=("salamat",), sorry=("pasensya", "paumanhin")),
    "ja": Sample(
        detail="使い始めて二日でファスナーが壊れてしまい",
        thanks=("ありがとう", "ありがた", "感謝"),
        sorry=("申し訳", "お詫び", "すみません"),
        name="佐藤",
    ),
}
CASES = [(language, situation) for language in SAMPLES for situation in LIBRARY.situations(language)]
#: In the others the thanks may stand in a later sentence.
THANKING = [
    (language, situation)
    for language, situation in CASES
    if LIBRARY.topics(language) or language in {"en", "es", "pt", "fr", "de", "it"}
]
NAMING = [(language, situation) for language, situation in CASES if LIBRARY.topics(language)]


def rows(filled: Sequence[Sequence[str]], turns: int = 0) -> Iterator[list[str]]:
    """Yield rows with one entry of each slot, until each entry has had its turn."""
    for turn in range(turns or max(map(len, filled))):
        yield [slot[turn % len(slot)] for slot in filled]


def replies(templates: Templates, language: str) -> Iterator[tuple[Channel, Part, list[str]]]:
    shared = LIBRARY.common(language).invites
    for channel, reply in ((Channel.PUBLIC, templates.public), (Channel.HYBRID, templates.hybrid)):
        if reply is not None:
            invites = (*reply.invite, *getattr(shared, channel.value)) if reply.invite else ()
            for row in rows([slot for slot in (reply.acknowledge, reply.resolve, invites) if slot]):
                long = len(sentences(row[0], language)) > 1 and len(row) > 2  # leaves no room for `resolve`
                yield channel, Part.PUBLIC, [row[0], row[-1]] if long else row
            for entry in reply.whole:
                yield channel, Part.PUBLIC, [entry]
    if templates.private is not None:
        for row in rows((templates.private.line,)):
            yield Channel.PRIVATE, Part.PUBLIC, row
    if templates.message is not None:
        for row in rows((templates.message.open, templates.message.ask, templates.message.close)):
            yield Channel.HYBRID, Part.PRIVATE, row


def blocked(
    language: str, situation: str, channel: Channel, part: Part, texts: Sequence[str], about: Sequence[str] = ()
) -> list[str]:
    """Return what the guardrails block in these texts, as a reply to a review that has the words `about` in it."""
    sample, common = SAMPLES[language], LIBRARY.common(language)
    greeting = render(common.greeting.with_name[0], {"name": sample.name})
    text = common.join.join([greeting, *texts])
    review = Review(
        external_id="1",
        text="\n".join([sample.detail, *about]),
        author=sample.name,
        rating=5 if situation == "positive" else 2,
        product=Product(name="Canvas Tote"),
        language=language,
    )
    reply = ReplyToCheck(
        case=Case(review=review),
        channel=channel,
        language=language,
        public_reply=text if part is Part.PUBLIC else None,
        private_message=text if part is Part.PRIVATE else None,
    )
    found = blocking(GUARDRAILS.inspect(reply))
    return [f"{finding.code}: {text[finding.start : finding.end]!r} in {text!r}" for finding in found]


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_every_wording_passes(language: str, situation: str) -> None:
    topics = topics_in_turn(LIBRARY, language, situation)
    found: list[str] = []
    for channel, part, row in replies(LIBRARY.templates(language, situation), language):
        topic = next(topics)
        values = {"detail": SAMPLES[language].detail, "product": "Canvas Tote", **topic.said}
        found += blocked(language, situation, channel, part, [render(entry, values) for entry in row], topic.found)
    assert not found


@pytest.mark.parametrize(("language", "situation"), NAMING)
def test_every_topic_passes_in_a_wording(language: str, situation: str) -> None:
    reply = LIBRARY.templates(language, situation).hybrid or LIBRARY.templates(language, situation).public
    topics = LIBRARY.topics(language)
    assert topics is not None
    if reply is None:
        return
    of_situation = topics.topics.get("things" if situation == "quality" else situation, ())  # type: ignore[call-overload]
    entries = cycle(entry for entry in reply.acknowledge if "{topic" in entry)
    found: list[str] = []
    for topic, entry in zip(islice(of_situation, MOST_TOPICS), entries, strict=False):
        texts = [
            render(entry, topics.named([(topic, topic.words[0])])),
            *reply.invite[:1],
            *reply.resolve[: not reply.invite],
        ]
        channel = Channel.HYBRID if reply is LIBRARY.templates(language, situation).hybrid else Channel.PUBLIC
        about = [topic.words[0].rstrip("*")]
        found += blocked(language, situation, channel, Part.PUBLIC, texts, about)
    assert not found


@pytest.mark.parametrize(("language", "situation"), THANKING)
def test_every_reply_thanks_critics_too_and_says_sorry_once(language: str, situation: str) -> None:
    """Two apologies are one too many, and a critic who is not thanked feels dismissed."""
    sample = SAMPLES[language]
    for channel, part, row in replies(LIBRARY.templates(language, situation), language):
        if part is Part.PRIVATE or channel is Channel.PRIVATE:
            continue
        first, later = row[0].casefold(), " ".join(row[1:]).casefold()
        assert any(stem in first for stem in sample.thanks), row[0]
        assert not any(stem in later for stem in sample.sorry), row[1:]


@pytest.mark.parametrize("language", SAMPLES)
def test_every_answer_to_a_second_point_passes(language: str) -> None:
    templates = LIBRARY.templates(language, "quality").hybrid
    assert templates is not None
    plain = next(entry for entry in templates.acknowledge if "{" not in entry)
    for situation, entries in LIBRARY.common(language).also.items():
        topics = topics_in_turn(LIBRARY, language, situation)
        for entry in entries:
            topic = next(topics)
            texts = [plain, render(entry, topic.said), templates.invite[0]]
            assert not blocked(language, situation, Channel.HYBRID, Part.PUBLIC, texts, topic.found)


@pytest.mark.parametrize("language", SAMPLES)
def test_no_reply_is_too_long_with_what_it_may_hold(language: str) -> None:
    for situation in LIBRARY.situations(language):
        topics = topics_in_turn(LIBRARY, language, situation)
        for _, part, row in replies(LIBRARY.templates(language, situation), language):
            values = {"detail": SAMPLES[language].detail, "product": "Canvas Tote", **next(topics).said}
            text = LIBRARY.common(language).join.join(render(entry, values) for entry in row)
            assert len(text) <= (220 if language in {"th", "ja"} and part is Part.PUBLIC else 480), text
            assert len(counted_sentences(text, language)) <= (6 if part is Part.PRIVATE else 3), text

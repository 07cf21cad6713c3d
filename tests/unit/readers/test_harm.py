"""Harm is heard however it is told, and not where words only sound like it."""

from __future__ import annotations

import pytest

from drafter.domain.review import Review
from drafter.domain.situation import Route, Situation, SituationName, route_of
from drafter.readers.embedding import EmbeddingReader
from drafter.readers.rules import tells_of_harm


def _read(reader: EmbeddingReader, text: str, rating: int | None) -> Situation:
    return reader.read_review(Review(external_id="r-1", text=text, rating=rating))


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("Pretty necklace, quick post. My neck came up in hives though", 4),
        ("Could the fumes be why I was dizzy all afternoon?", 3),
        ("Please keep away from children, the eyes of the doll come off", 2),
        ("La crema huele bien pero me ardió la cara toda la noche", 3),
        ("El enchufe soltó chispas, podría causar un incendio", 1),
        ("O ferro deu choque na minha mãe", 1),
        ("Esse creme deixou meu rosto ardendo", 2),
        ("Après le masque j'avais le visage gonflé", 2),
        ("La poignée est tranchante, mon fils s'est coupé", 2),
        ("Nach dem Auftragen hat meine Haut gebrannt und gejuckt, roter Ausschlag", 2),
        ("Das Kabel wird gefährlich heiß", 2),
        ("Dopo averlo messo avevo la pelle irritata", 2),
        ("La stufa ha fatto scintille", 1),
        ("kulit anak saya jadi merah dan gatal", 2),
        ("colokannya keluar percikan api", 1),
        ("muka saya naik ruam lepas pakai", 2),
        ("wayar dia berasap masa tengah cas", 1),
        ("da tay mình bị ngứa và nổi mẩn", 2),
        ("ổ điện bốc khói khi đang dùng", 1),
        ("nangati ang leeg ko pagkasuot", 2),
        ("umusok yung adapter habang nakasaksak", 1),
        ("ทาแล้วแสบและมีผื่นขึ้น", 2),
        ("ปลั๊กมีประกายไฟตอนเสียบ", 1),
        ("塗ったら肌が荒れてしまいました", 2),
        ("使用中に本体から煙が出ました", 1),
    ],
)
def test_harm_goes_to_a_person_in_every_language(reader: EmbeddingReader, text: str, rating: int) -> None:
    read = _read(reader, text, rating)
    assert read.situation is SituationName.SAFETY
    assert route_of(read) is Route.ESCALATE


@pytest.mark.parametrize(
    "text",
    [
        "I will report you to the FTC",
        "Lo denunciaré en la OCU",
        "amanhã mesmo abro um processo no Procon",
        "je contacte la DGCCRF dès demain",
        "Die Verbraucherzentrale ist informiert",
        "ne parlerò con il mio avvocato",
        "saya laporkan ke BPKN",
        "saya akan adu pada KPDN",
        "tôi sẽ báo công an",
        "ipapa DTI ko kayo",
        "จะไปแจ้ง สคบ",
        "消費生活センターに相談します",
        "sira ang item and no refund, see you at the DTI",
    ],
)
def test_an_agency_by_name_is_a_legal_threat_in_every_language(reader: EmbeddingReader, text: str) -> None:
    read = _read(reader, text, 1)
    assert read.legal_threat
    assert read.situation is SituationName.SAFETY


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("These brownies are to die for", 5),
        ("A killer price for such a bag", 5),
        ("burning orange, just like in the photo, gorgeous", 5),
        ("sick trainers, love them", 5),
        ("This shampoo ended my rash, thank you", 5),
        ("The seam is itchy, I cut out the label", 3),
        ("It smelled of plastic on the first day, that has gone", 3),
        ("un gâteau à mourir de plaisir", 5),
        ("zum Sterben schöne Farbe", 5),
        ("air cepat panas, suka banget", 5),
        ("敏感肌でも荒れませんでした、満足です", 5),
    ],
)
def test_words_that_only_sound_like_harm_escalate_nothing(reader: EmbeddingReader, text: str, rating: int) -> None:
    assert _read(reader, text, rating).situation is not SituationName.SAFETY


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "My scalp is touchy and it doesn't give me a rash", False),
        ("en", "I do not know why, but I got a rash", True),
        ("en", "Never again, swollen eyes for a week", True),
        ("en", "It did not only smell, it gave me a rash", True),
        ("de", "Auch nach Wochen keinen Ausschlag bekommen", False),
        ("de", "Nicht zu empfehlen, Ausschlag am ganzen Arm", True),
        ("es", "a mi hija no le salieron ronchas", False),
        ("pt", "uso todo dia e não tive nenhuma alergia", False),
        ("fr", "elle n'a pas eu d'eczéma avec", False),
        ("id", "udah seminggu ga bikin bruntusan", False),
        ("id", "tidak cocok, muka jadi bruntusan", True),
        ("fil", "wala namang rashes ang baby ko", False),
        ("th", "ใช้มาเดือนนึงไม่มีผื่นเลย", False),
    ],
)
def test_an_injury_that_is_denied_is_none(language: str, text: str, told: bool) -> None:
    assert tells_of_harm(text, language) is told


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("still waiting for an answer from you", 1),
        ("shit, half of the cups were broken", 2),
        ("Beautifullllll and lighttttt", 5),
        ("stupid design, the lid does not close", 1),
        ("tolong dibalas pesan saya", 1),
    ],
)
def test_no_one_with_something_to_say_is_passed_over(reader: EmbeddingReader, text: str, rating: int) -> None:
    assert route_of(_read(reader, text, rating)) is Route.DRAFT


def test_the_detail_is_the_point_and_not_the_verdict(reader: EmbeddingReader) -> None:
    """A general verdict or praise beside a complaint is not what a reply takes up."""
    read = _read(reader, "Never again. The zipper broke after two days. Thank you.", 1)
    assert [detail.text for detail in read.details] == ["The zipper broke after two days"]

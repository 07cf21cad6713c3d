"""What reviews in Indonesian say, said again in a reply."""

from __future__ import annotations

import asyncio

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()

RETOLD = {
    "bahannya tipis bgt kayak saringan teh": "bahannya tipis sekali seperti saringan teh",
    "resleting nya macet pas pertama dibuka": "ritsletingnya macet saat pertama dibuka",
    "kekecilan di aku padahal udah pesen XL": "ukurannya kekecilan di Kakak padahal sudah pesan XL",
    "gw minta navy dikasih hitam": "Kakak minta navy tapi dikasih hitam",
    "pesan 3 yg dtg cuma 1": "Kakak pesan 3 tapi yang datang cuma 1",
    "gamau nyala sama sekali gan": "barangnya tidak mau menyala sama sekali",
    "cuma warnanya agak pudar": "warnanya agak pudar",
    "baru dipake 2 hari udah rusak": "barangnya baru dipakai 2 hari sudah rusak",
    "raknya goyang padahal sdh dipasang sesuai petunjuk": "raknya goyang padahal sudah dipasang sesuai petunjuk",
    "barang nyampe dlm keadaan penyok": "barangnya sampai dalam keadaan penyok",
    "isinya cuma satu doang": "isinya cuma satu saja",
    "suka banget sama warnanya": "Kakak suka sekali dengan warnanya",
    "anakku suka banget sama bonekanya": "anak Kakak suka sekali dengan bonekanya",
    "pengiriman lama bgt sampe 2 minggu": "pengirimannya lama sekali sampai 2 minggu",
    "tutup botolnya ga bisa dibuka": "tutup botolnya tidak bisa dibuka",
    "lampu mati": "lampunya mati",  # two words are enough, of the thing itself
    "remote nya ga ada": "remotenya tidak ada",
    "kecil bgt": "barangnya kecil sekali",
    "ada kancing copot": "ada kancing copot",  # one of several
    "1 jam sudah mati": "1 jam sudah mati",  # an hour, not a clock
    "solnya juga licin": "solnya licin",
}

NEVER = [
    "kualitas barang bagus pengiriman cepat packing rapi",  # three statements without a mark
    "kalau dipakai lama bahannya panas",
    "kenapa warnanya beda dari foto",
    "kakak kirim warna yang salah",
    "sellernya ramah banget sama pembeli",
    "toko sebelah bahannya lebih tebal",
    "kemarin barangnya baru datang rusak",
    "tolong bahannya ditebalin lagi",
    "uang saya belum kembali juga",
    "kulit jadi gatal setelah dipakai",
    "bahannya parah tipis banget",
    "bukan warna yang aku pesan",
    "kainnya gampang kusut2 gitu",
    "Mbak Ratna kirimnya lama sekali",
    "padahal baru dipakai sekali",
    "bahannya ga panas sama sekali",  # praise, though it denies
    "merah yang dikirim",  # what was ordered stands before it
    "lama bgt",  # the delivery or the answer
    "salah saya sih",
    "belum pasang",
]


@pytest.mark.parametrize(("clause", "said"), RETOLD.items())
def test_a_clause_is_said_again_about_the_customer(clause: str, said: str) -> None:
    """The customer is "Kakak", chat spellings and slang become standard words, a lacking subject is put in."""
    assert retold(clause, "id", LIBRARY) == said


@pytest.mark.parametrize("clause", NEVER)
def test_what_would_not_read_well_is_left_to_our_own_words(clause: str) -> None:
    """Suppositions, questions, what concerns the shop, time that passes, health, insults and run-on praise."""
    assert retold(clause, "id", LIBRARY) is None


def test_a_draft_tells_what_happened_as_the_review_does() -> None:
    """Each clause of its own, with its particulars."""
    text = "saya pesen hitam yg dtg putih. jahitan di lengan lepas pas dipake pertama kali"
    read = Situation(
        situation=SituationName.WRONG_ITEM,
        language="id",
        sentiment=-1,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="test",
        details=(),
    )
    case = Case(review=Review(external_id="r", text=text, rating=1))
    reply = asyncio.run(TemplateWriter(LIBRARY).write(case, read, Brief())).public_reply
    assert reply is not None
    assert "Kakak pesan hitam tapi yang datang putih dan jahitan di lengan lepas saat dipakai pertama kali" in reply

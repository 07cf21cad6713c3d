"""What reviews in Malay say, said again in a reply."""

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
    "kain dia nipis sgt mcm plastik": "kainnya nipis sangat seperti plastik",
    "zip dia tersekat masa mula2 buka": "zipnya tersekat semasa mula-mula dibuka",
    "order hitam dapat putih": "anda pesan hitam tetapi dapat putih",
    "order 3 dapat 2 je": "anda pesan 3 tetapi dapat 2 sahaja",
    "x boleh cas langsung": "barang itu tidak boleh dicas langsung",
    "jahitan xkemas kat lengan": "jahitannya tidak kemas di lengan",
    "xde manual dlm kotak": "tiada manual dalam kotak",
    "baru pakai 2 hari dah rosak": "barang itu baru dipakai 2 hari sudah rosak",
    "tapi tapak kasut tercabut lepas seminggu pakai": "tapak kasut tercabut selepas seminggu pakai",
    "anak aku suka sangat baju ni": "anak anda suka sangat baju ini",
    "suka sgt warna dia": "anda suka sangat warnanya",
    "penghantaran lambat gila sampai 2 minggu": "penghantarannya lambat sangat sampai 2 minggu",
    "senang pasang dan kukuh": "barang itu senang dipasang dan kukuh",
    "lampu malap": "lampunya malap",  # two words are enough, of the thing itself
    "remote takde": "alat kawalan tiada",
    "kecil sangat": "barang itu kecil sangat",
    "ada botol pecah": "ada botol pecah",  # one of several
    "cuma kotak kemek sikit": "kotaknya kemek sedikit",
    "casing senang kotor": "casingnya mudah kotor",
}

NEVER = [
    "harga murah kualiti ok penghantaran laju",  # three statements without a mark
    "kalau pakai lama kain dia panas",
    "kenapa warna lain dari gambar",
    "korang hantar warna salah",
    "seller sangat baik dengan pembeli",
    "kedai lain punya kain lebih tebal",
    "semalam baru sampai dah rosak",
    "tolong tebalkan sikit kain dia",
    "duit saya tak dapat balik",
    "kulit jadi gatal lepas pakai",
    "kain teruk sangat nipis dia",
    "sesuai utk kanak2 bawah lima",  # the shop would promise it
    "mudah renyuk2 kain dia",
    "boleh pakai lagi la",
    "padahal baru pakai sekali",
    "kain dia tak panas langsung",  # praise, though it denies
    "lama sangat",  # the delivery or the answer
    "kuali tak melekat",  # praise of a pan
    "salah saya sendiri",
]


@pytest.mark.parametrize(("clause", "said"), RETOLD.items())
def test_a_clause_is_said_again_about_the_customer(clause: str, said: str) -> None:
    """The customer is "anda", chat spellings and slang become standard words, a lacking subject is put in."""
    assert retold(clause, "ms", LIBRARY) == said


@pytest.mark.parametrize("clause", NEVER)
def test_what_would_not_read_well_is_left_to_our_own_words(clause: str) -> None:
    """Suppositions, questions, what concerns the shop, time that passes, health, insults and run-on praise."""
    assert retold(clause, "ms", LIBRARY) is None


def test_a_draft_tells_what_happened_as_the_review_does() -> None:
    """Each clause of its own, with its particulars."""
    text = "order hitam dapat putih. jahitan kat lengan tetas masa mula2 pakai"
    read = Situation(
        situation=SituationName.WRONG_ITEM,
        language="ms",
        sentiment=-1,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="test",
        details=(),
    )
    case = Case(review=Review(external_id="r", text=text, rating=1))
    reply = asyncio.run(TemplateWriter(LIBRARY).write(case, read, Brief())).public_reply
    assert reply is not None
    assert "anda pesan hitam tetapi dapat putih dan jahitan di lengan tetas semasa mula-mula dipakai" in reply

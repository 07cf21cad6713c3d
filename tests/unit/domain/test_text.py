"""Where sentences end, and which of them count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.text import counted_sentences, is_greeting, sentences


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Dr. Lee gave it 3.5 stars. We thank her.", ["Dr. Lee gave it 3.5 stars.", "We thank her."]),
        (
            "it",
            "Grazie mille, Ana. Di solito va bene. Ci spiace.",
            ["Grazie mille, Ana.", "Di solito va bene.", "Ci spiace."],
        ),
        ("it", "Il sig. Bianchi ha ragione. Grazie.", ["Il sig. Bianchi ha ragione.", "Grazie."]),
        ("es", "Nos gusta leerlo, Ana. Mis saludos.", ["Nos gusta leerlo, Ana.", "Mis saludos."]),
        ("en", "We love it... really. Thanks.", ["We love it... really.", "Thanks."]),
        ("en", "You wrote “It broke. So bad!” and we are sorry.", ["You wrote “It broke. So bad!” and we are sorry."]),
        ("en", "Write to us.We help.", ["Write to us.", "We help."]),
        ("en", "One line\n- a bullet\nPS: more", ["One line", "- a bullet", "PS: more"]),
        ("en", "Thanks a lot 😊 We love it 😊 See you soon", ["Thanks a lot 😊", "We love it 😊", "See you soon"]),
        ("en", "We love 💕 that you came.", ["We love 💕 that you came."]),
        ("th", "ขอบคุณค่ะทางร้านขอโทษด้วยค่ะ", ["ขอบคุณค่ะ", "ทางร้านขอโทษด้วยค่ะ"]),
        ("th", "ขอบคุณสำหรับคะแนนและความคิดเห็นค่ะ", ["ขอบคุณสำหรับคะแนนและความคิดเห็นค่ะ"]),
        ("th", "ขอบคุณที่บอกว่า “กล่องบุบหมดเลยค่ะ” ขออภัยด้วยนะคะ", ["ขอบคุณที่บอกว่า “กล่องบุบหมดเลยค่ะ” ขออภัยด้วยนะคะ"]),
        ("th", "ขออภัยด้วยครับ 🙏🙏 รบกวนทักแชทร้านนะครับ", ["ขออภัยด้วยครับ 🙏🙏", "รบกวนทักแชทร้านนะครับ"]),
        ("th", "สินค้ามีคุณค่า และค่าส่งไม่แพงค่ะ", ["สินค้ามีคุณค่า และค่าส่งไม่แพงค่ะ"]),
        ("th", "ขอบคุณนะคะ/ครับ แล้วทักแชทมาได้เลยค่ะ/ครับ", ["ขอบคุณนะคะ/ครับ", "แล้วทักแชทมาได้เลยค่ะ/ครับ"]),
        ("th", "เสื้อ 3.5 นิ้ว ส่งเวลา 12.30 น. ค่ะ", ["เสื้อ 3.5 นิ้ว ส่งเวลา 12.30 น. ค่ะ"]),
        (
            "ja",
            "「届くのが遅い。」とのこと、申し訳ございません。",
            ["「届くのが遅い。」とのこと、申し訳ございません。"],
        ),
        ("ja", "ありがとうございます！！またチャットへどうぞ♪", ["ありがとうございます！！", "またチャットへどうぞ♪"]),
        ("ja", "嬉しいです😊ありがとうございます😊", ["嬉しいです😊", "ありがとうございます😊"]),
        ("ja", "サイズは3.5cm、No.1の箱です。", ["サイズは3.5cm、No.1の箱です。"]),
    ],
)
def test_sentences_end_where_a_reader_would_say(language: str, text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in sentences(text, language)] == expected


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Hi Ana! Thank you! We are glad.", 2),
        ("en", "Hi Ana,\nThank you. We are glad.\nKind regards,\nThe Tote Shop", 2),
        ("en", "Thank you! We are glad. Have a good day!", 3),
        ("de", "Hallo Ana! Danke. Mit freundlichen Grüßen", 1),
        ("th", "สวัสดีค่ะคุณแอน ขอบคุณสำหรับรีวิวนะคะ ขออภัยที่สินค้าถึงช้าค่ะ", 2),
        ("ja", "こんにちは。ありがとうございます。またどうぞ。", 2),
        ("fil", "Magandang araw po! Salamat po. Masaya kami.", 2),
        ("fil", "Masaya kami na gusto mo. Salamat sa pagsusulat mo.", 2),  # no `Salam`
        ("en", "We are glad that it fits. Lovely to hear that!", 2),  # no `Love`
        ("id", "Halo, Kak Rina! Makasih ya. Semoga awet.", 2),
        ("de", "Lieber Tim, danke! Viel Spaß damit.", 2),
        ("de", "Liebe auf den ersten Blick! Das freut uns.", 2),
        ("de", "Schön, dass es passt.\nHerzlichen Dank", 2),
        ("fil", "Hi Ana, salamat! Masaya kami.", 2),
        ("fil", "Salamat sa larawan. Love ko rin iyan!", 2),
    ],
)
def test_greetings_and_sign_offs_do_not_count(language: str, text: str, count: int) -> None:
    assert len(counted_sentences(text, language)) == count


def test_thanks_is_no_greeting() -> None:
    assert not is_greeting("Thank you!")


@given(st.text(max_size=120), st.sampled_from(SUPPORTED_LANGUAGES))
def test_spans_are_in_order_and_hold_no_white_space_at_their_ends(text: str, language: str) -> None:
    at = 0
    for span in sentences(text, language):
        assert at <= span.start < span.end <= len(text)
        assert span.of(text) == span.of(text).strip()
        at = span.end


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("de", "Danke, dass du uns vom 3. Mai erzählst. Schreib uns im Chat.", 2),
        ("fil", "Salamat po sa review! Sorry sa size 7. Mag-message po kayo sa shop chat.", 3),
        ("id", "Maaf ukurannya kekecilan, mis. di pinggang. Silakan chat toko.", 2),
        ("id", "Harga Rp. 50.000 itu belum ongkir. Chat kami ya.", 2),
        ("id", "Terima kasih ya kak.. mohon maaf atas kendalanya.. silakan chat kami", 3),
        ("id", "Kami tunggu di chat ya, Bpk. Hadi. Terima kasih.", 2),
        ("en", "Is that so? No. We never said that.", 3),
        ("de", "Schade, dass Größe L zu weit ist, Sie tragen sonst M. Schreiben Sie uns im Chat.", 2),
        ("de", "Das Kabel misst nur 2 m. Schreiben Sie uns im Chat.", 2),
        ("de", "Das klappte im 2. Anlauf im 3. Stock nicht. Schreiben Sie uns im Chat.", 2),
        ("ms", "Maaf saiznya M. Sila hantar mesej di sembang kedai.", 2),
        ("fil", "Pasensya na sa ref. Mag-message po kayo sa shop chat.", 2),
        ("it", "Ci spiace per voi e per me. Ci scriva in chat.", 2),
        ("en", "We read J. K. Mill and J. Doe. Thank you.", 2),
        ("id", "Makasih ya kak 🙏 semoga bajunya awet", 2),
    ],
)
def test_a_full_stop_that_shortens_or_counts_ends_no_sentence(language: str, text: str, sentences: int) -> None:
    """Dates, sizes, titles and abbreviations keep their sentence together; two full stops end one in a chat."""
    assert len(counted_sentences(text, language)) == sentences

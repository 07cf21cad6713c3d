"""Privacy at the door: a server that records every request sees no datum of a customer, in any language or round."""

import json
import re
from typing import NamedTuple

import pytest

from drafter import pipeline
from drafter.domain.case import Brief, Case
from drafter.domain.personal_data import find_personal_data
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel, CountsAs, Detail, Situation, SituationName
from drafter.languages import Languages
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import ModelMode
from drafter.testing import Answer, ChatRequest, ModelServer
from drafter.testing.chat import written
from drafter.writers.llm import PROMPT, LlmWriter
from guardrails.runner import Guardrails
from prompts.prompt import Prompt


class Told(NamedTuple):
    """A review, and what in it nobody else is to know."""

    author: str
    region: str
    text: str
    secrets: tuple[str, ...]


REVIEWS = {
    "en": Told(
        "Mara Quill", "US",
        "The strap tore. Mara, ring (212) 555-0142 or mail mara.quill@example.com. Order #A7731942, 12 Fern Street.",
        ("mara", "quill", "555-0142", "example.com", "A7731942", "Fern"),
    ),
    "es": Told(
        "Inés Roldán", "ES",
        "Se rompió la correa. Soy Inés: 612 345 678, ines@example.com, pedido 55-1234-9876, Calle Olmo 12.",
        ("inés", "roldán", "612 345", "example.com", "1234-9876", "Olmo 12"),
    ),
    "pt": Told(
        "Caio Brandão", "BR",
        "A alça rasgou. Caio, CPF 529.982.247-25, caio@example.com, pedido nº 88123456, Rua das Palmas 12.",
        ("caio", "brandão", "529.982", "example.com", "88123456", "Palmas 12"),
    ),
    "fr": Told(
        "Maëlle Tissier", "FR",
        "La sangle a cassé. Maëlle, 06 12 34 56 78, maelle@example.com, commande n° 88123456, 12 rue de Lille.",
        ("maëlle", "tissier", "34 56", "example.com", "88123456", "rue de Lille"),
    ),
    "de": Told(
        "Jorin Falk", "DE",
        "Der Riemen ist gerissen. Jorin Falk, 030 1234567, jorin@example.com, Bestellung 88123456, Lindenstraße 12.",
        ("jorin", "falk", "1234567", "example.com", "88123456", "Lindenstraße"),
    ),
    "it": Told(
        "Nevia Corti", "IT",
        "La cinghia si è rotta. Nevia, 347 123 4567, nevia@example.com, ordine 88123456, Via Larice 12.",
        ("nevia", "corti", "123 4567", "example.com", "88123456", "Larice"),
    ),
    "id": Told(
        "Raka Wibisana", "ID",
        "Talinya putus. Saya Raka, 0812-3456-7890, raka@example.com, pesanan 88123456, Jalan Kenari 12.",
        ("raka", "wibisana", "3456", "example.com", "88123456", "Kenari"),
    ),
    "ms": Told(
        "Aisyah Rahmat", "MY",
        "Tali beg putus. Saya Aisyah, 012-345 6789, aisyah@example.com, pesanan 88123456, No 12 Jalan Cempaka.",
        ("aisyah", "rahmat", "345 6789", "example.com", "88123456", "Cempaka"),
    ),
    "th": Told(
        "กมลชนก ศรีแก้ว", "TH",
        "สายกระเป๋าขาด ฉันกมลชนก โทร 081-234-5678 อีเมล kamol@example.com คำสั่งซื้อ 88123456 บ้านเลขที่ 12",
        ("กมลชนก", "ศรีแก้ว", "234-5678", "example.com", "88123456", "บ้านเลขที่ 12"),
    ),
    "vi": Told(
        "Trần Ngọc Diễm", "VN",
        "Dây túi bị đứt. Mình là Diễm, 0912 345 678, diem@example.com, đơn hàng 88123456, đường Hoa Mai 12.",
        ("diễm", "345 678", "example.com", "88123456", "Hoa Mai 12"),
    ),
    "fil": Told(
        "Luningning Reyes", "PH",
        "Naputol ang strap. Si Luningning ito, 0917 123 4567, lun@example.com, order 88123456, Barangay Maligaya 12.",
        ("luningning", "reyes", "123 4567", "example.com", "88123456", "Maligaya 12"),
    ),
    "ja": Told(
        "高梨 芽衣", "JP",
        "ストラップが切れました。高梨です。090-1234-5678、mei@example.com、注文番号 88123456、東京都渋谷区神南1-2。",
        ("高梨", "芽衣", "1234-5678", "example.com", "88123456", "神南"),
    ),
}  # fmt: skip
MODES: list[ModelMode] = ["function_calling", "text"]


def careless(request: ChatRequest) -> Answer:
    """Return an answer that uses every mark of the review, in public and in private."""
    marks = " ".join(dict.fromkeys(re.findall(r"\[[A-Z_]+_[0-9]+\]", request.body["messages"][1]["content"])))
    return written(request, f"Hi [NAME], about {marks} we are sorry.", f"Hello [NAME], we saw {marks}. You are wrong!")


def told_case(told: Told, language: str) -> tuple[Case, Situation]:
    half = len(told.text) // 2
    situation = Situation(
        situation=SituationName.QUALITY,
        language=language,
        sentiment=-1,
        details=(
            Detail(text=told.text[:half], start=0, end=half),
            Detail(text=told.text[half:], start=half, end=len(told.text)),
        ),
        channel=Channel.HYBRID,
        counts_as=CountsAs.PRODUCT,
        confidence=1.0,
        reader="scripted",
    )
    review = Review(
        external_id="EXT-9911",
        title=f"{told.author}!",
        text=told.text,
        author=told.author,
        region=told.region,
        language=language,
        order_ref="QZ-4411-B",
        product=Product(name=f"Bag ({told.author})"),
    )
    facts = {"order_status": f"QZ-4411-B: {told.text}", "customer_name": told.author, "return_policy": "30 days"}
    return Case(review=review, case_facts=facts), situation


@pytest.mark.parametrize("language", REVIEWS)
async def test_no_request_holds_a_datum_and_the_private_message_gets_them_back(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Repairs included: they show a private message into which the data were put back, and what was wrong with it."""
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    told = REVIEWS[language]
    case, situation = told_case(told, language)
    bodies: list[str] = []
    for mode in MODES:
        with ModelServer(careless) as server:
            model = ChatModel(ModelOptions(name="openai:scripted", mode=mode, base_url=server.url))
            writer = LlmWriter(model, Prompt(PROMPT))
            draft = await writer.write(case, situation, Brief())
            await pipeline.answer(
                case,
                situation,
                writers=[writer],
                inspector=Guardrails(languages=Languages()),
                brief=Brief(instruction=f"Tell {told.author} about QZ-4411-B"),
            )
            bodies += [json.dumps(dict(request.body), ensure_ascii=False) for request in server.requests]
        assert all(secret in (draft.private_message or "") for secret in told.secrets[-3:])
        assert not any(secret in (draft.public_reply or "") for secret in told.secrets[-4:])
    assert len(bodies) == 4 * len(MODES)
    for body in bodies:
        left = [secret for secret in (*told.secrets, "QZ-4411", "EXT-9911") if secret.casefold() in body.casefold()]
        assert left == []
        for message in json.loads(body)["messages"]:
            assert find_personal_data(message["content"], region=told.region) == ()

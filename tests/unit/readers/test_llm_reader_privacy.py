"""Privacy at the door: no request of the reader holds a datum of the customer."""

import json

import pytest

from drafter.domain.case import Case
from drafter.domain.personal_data import find_personal_data
from drafter.domain.reading import ReadingBrief
from drafter.domain.review import Product, Review
from drafter.domain.shop import Shop
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.readers.llm import PROMPT, LlmReader
from drafter.settings import ModelMode
from drafter.testing import ModelServer, SetLanguage
from prompts.prompt import Prompt

#: For each language: region, display name, a review, and what of it nobody else is to know.
REVIEWS = {
    "en": ("US", "Wilma Tarn", "It tore. Wilma here, (212) 555-0142, wilma@example.com, order #B8841093, 9 Elm Street.",
           ("wilma", "tarn", "555-0142", "example.com", "B8841093", "Elm")),
    "es": ("ES", "Nuria Salcedo", "Se rompió. Nuria, 612 345 678, nuria@example.com, pedido 55-1234-9876.",
           ("nuria", "salcedo", "612 345", "example.com", "1234-9876")),
    "pt": ("BR", "Davi Moura", "Rasgou. Davi, CPF 529.982.247-25, davi@example.com, pedido nº 88123456.",
           ("davi", "moura", "529.982", "example.com", "88123456")),
    "fr": ("FR", "Solène Vidal", "La sangle a cassé. Solène, 06 12 34 56 78, commande n° 88123456.",
           ("solène", "vidal", "34 56", "88123456")),
    "de": ("DE", "Henrike Lohse", "Gerissen. Henrike Lohse, 030 1234567, Bestellung 88123456, Ahornstraße 4.",
           ("henrike", "lohse", "1234567", "88123456", "Ahornstraße")),
    "it": ("IT", "Fosca Berti", "Rotta. Fosca, 347 123 4567, ordine 88123456, Via Tiglio 12.",
           ("fosca", "berti", "123 4567", "88123456", "Tiglio")),
    "id": ("ID", "Bayu Lesmana", "Putus. Saya Bayu, 0812-3456-7890, pesanan 88123456, Jalan Melati 12.",
           ("bayu", "lesmana", "3456", "88123456", "Melati")),
    "ms": ("MY", "Farah Idris", "Tali putus. Saya Farah, 012-345 6789, pesanan 88123456.",
           ("farah", "idris", "345 6789", "88123456")),
    "th": ("TH", "ปิยดา แสงทอง", "สายขาด ฉันปิยดา โทร 081-234-5678 คำสั่งซื้อ 88123456",
           ("ปิยดา", "แสงทอง", "234-5678", "88123456")),
    "vi": ("VN", "Phạm Thu Quỳnh", "Dây bị đứt. Mình là Quỳnh, 0912 345 678, đơn hàng 88123456.",
           ("quỳnh", "345 678", "88123456")),
    "fil": ("PH", "Tala Magsino", "Naputol. Si Tala ito, 0917 123 4567, order 88123456.",
            ("tala", "magsino", "123 4567", "88123456")),
    "ja": ("JP", "森川 澪", "切れました。森川です。090-1234-5678、注文番号 88123456。",
           ("森川", "1234-5678", "88123456")),
}  # fmt: skip


@pytest.mark.parametrize("mode", ["function_calling", "text"])
@pytest.mark.parametrize("language", REVIEWS)
async def test_no_request_holds_a_datum(language: str, mode: ModelMode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    region, author, text, secrets = REVIEWS[language]
    review = Review(
        external_id="EXT-9911",
        title=f"{author}!",
        text=text,
        author=author,
        region=region,
        order_ref="QZ-4411-B",
        product=Product(name=f"Bag QZ-4411-B ({author})"),
    )
    case = Case(review=review, shop=Shop(), case_facts={"customer_name": author, "order_id": "QZ-4411-B"})
    with ModelServer() as server:
        model = ChatModel(ModelOptions(name="openai:scripted", mode=mode, base_url=server.url))
        reader = LlmReader(model, Prompt(PROMPT), SetLanguage(language))
        for brief in (ReadingBrief(), ReadingBrief(attempt=2, mend="details")):
            read = await reader.ask(case, brief)
            quoted = " ".join(detail.text for detail in read.details)
            assert not any(secret.casefold() in quoted.casefold() for secret in secrets)
        bodies = [json.dumps(dict(request.body), ensure_ascii=False) for request in server.requests]
    assert len(bodies) == 2
    for body in bodies:
        held = [secret for secret in (*secrets, "QZ-4411", "EXT-9911") if secret.casefold() in body.casefold()]
        assert held == []
        shown = json.loads(body)["messages"][1]["content"]
        assert find_personal_data(shown, region=region) == ()

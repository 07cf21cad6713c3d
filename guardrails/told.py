"""What only the chat, a gift note or earlier orders told of the buyer, told again in public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from drafter.domain.text import Span
from drafter.domain.yaml_files import parsed
from guardrails.normalise import View, seen
from guardrails.subject import Subject

_FILE = Path(__file__).parent / "words" / "sensitive.yaml"
#: Facts that hold what a buyer told or did in private; their keys are open and in any language.
_TOLD = re.compile(
    "chat|gift|histor|previous|earlier|birthday|family|health|regalo|presente|cadeau|geschenk|omaggio|kado|hadiah"
    "|riwayat|sejarah|sembang|obrolan|percakapan|tro chuyen|tin nhan|lich su|qua tang|thiep|verlauf|storico|usapan"
    "|kasaysayan|regalong|bigliett|tarjeta|cartao|(?:kartu|kad) ucapan|mensaje|messag|nachricht|conversa"
    "|แชต|แชท|ของขวัญ|ประวัติ|การ์ด|チャット|ギフト|贈|履歴|メッセージ"
)
_WORD = re.compile(r"[^\W\d_]{4,}|\d{2,}")
#: Words of any such fact that tell nothing of a person.
_COMMON = re.compile(
    "buyer|customer|client|pelanggan|pembeli|kund|cliente|comprad|acquir|acheteu|khach|order|pedido|command|bestell"
    "|ordin|pesan|tempah|asked|said|says|told|wrote|want|chat|shop|store|tienda|loja|boutique|negozio|kedai|toko"
    "|refund|reemb|rembo|erstat|rimbo|replac|exchan|return|delive|entreg|livrai|liefer|conseg|photo|foto|item|product"
    "|artic|artik|prodot|produk|barang|parcel|paquet|pacote|colis|paket|pacco|with|that|this|from|have|been|were|about"
    "|para|como|pour|avec|dans|nicht|oder|eine|della|dello|yang|untuk|dengan|sudah|telah|since|their|they|them|than"
    "|also|size|talla|taille|colou?r|color|problem|messag|mensaj|nachri|first|second|ลูกค้า"
)
_STEM = 5
_ENOUGH = 2  # telling words that a reply and a private fact share by more than chance
_DENSE = re.compile("[\u0e01-\u0e5b]{7,}|[\u30a1-\u30ff\u4e00-\u9fff]{3,}")


def told_facts(subject: Subject) -> Iterator[Span]:
    """Yield the words of a private fact that the review does not have and the text tells.

    One word of health, family or circumstances is enough; of others it takes two.
    """
    facts = subject.reply.case.facts
    private = {key: value for key, value in facts.items() if _TOLD.search(seen(key).folded.text)}
    if not private:
        return
    open_text = "\n".join([*(value for key, value in facts.items() if key not in private), subject.review_text])
    known = _folded(f"{open_text}\n{subject.product_name}\n{subject.reply.case.review.author or ''}")
    view = subject.folded_views[0]
    for value in private.values():
        yield from _shared(view, _folded(value), known)


def _folded(text: str) -> str:
    return seen(text).folded.text


def _shared(view: View, fact: str, known: str) -> Iterator[Span]:
    stems = {word[:_STEM] for word in _WORD.findall(fact)}
    sensitive = {match[0] for match in _sensitive().finditer(fact)}
    telling = [m for m in _WORD.finditer(view.text) if m[0][:_STEM] in stems and _tells(m[0], known)]
    grave = [m for m in _sensitive().finditer(view.text) if m[0] in sensitive and m[0] not in known]
    dense = [m for m in _DENSE.finditer(fact) if m[0] in view.text and m[0] not in known]
    if grave or dense or len({m[0][:_STEM] for m in telling}) >= _ENOUGH:
        places = [m.span() for m in (*telling, *grave)]
        places += [(view.text.index(m[0]), view.text.index(m[0]) + len(m[0])) for m in dense]
        yield from (view.span(*place) for place in sorted(set(places)))


def _tells(word: str, known: str) -> bool:
    return not _COMMON.match(word) and word[:_STEM] not in known


@cache
def _sensitive() -> re.Pattern[str]:
    kinds = parsed(_FILE.read_text(encoding="utf-8"))
    return re.compile(rf"(?<![a-z])(?:{'|'.join(kinds.values())})")

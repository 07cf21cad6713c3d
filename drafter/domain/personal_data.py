"""Personal data in a text: what could identify or reach a person, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import phonenumbers

from drafter.domain.record import Record

Kind = Literal["email", "url", "handle", "card", "tax_number", "phone", "order_number", "address"]


class PersonalDatum(Record):
    """One datum; offsets in code points of the text as written."""

    kind: Kind
    start: int
    end: int


_AT = (
    r"(?:\s*@\s*|\s*[\[({<]\s*(?:at|arroba|chiocciola|ät|@)\s*[\])}>]\s*"
    r"|\s+(?:at|arroba|chiocciola|arobase|a[-_ ]cong)\s+)"
)
_DOT = (
    r"(?:\.|\s*[\[({<]\s*(?:dot|punto|ponto|point|punkt|titik|\.)\s*[\])}>]\s*"
    r"|\s+(?:dot|punto|ponto|point|punkt|titik|tuldok|chấm)\s+)"
)
_TLD = (
    r"(?:com|net|org|info|biz|shop|store|io|co|me|app|xyz|site|online|link|page|club|money|ly|be|gl|gg|ai|in|id"
    r"|my|th|vn|ph|jp|es|pt|br|fr|de|it|"
    r"us|uk|eu|mx|ar|cl|pe|at|ch|nl|sg|tv|cc|to)"
)
_EMAIL = re.compile(
    rf"[\w][\w.+%-]{{0,63}}{_AT}[\w-]{{2,63}}(?:{_DOT}[\w-]{{2,40}}){{0,3}}{_DOT}{_TLD}(?!\w)", re.IGNORECASE
)
_EMAIL_PLAIN = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
_MAIL_BOX = re.compile(
    r"(?<!\w)[\w.+-]{2,40}\s?@\s?(?:gmail|hotmail|outlook|yahoo|icloud|proton(?:mail)?|gmx)(?!\w)", re.IGNORECASE
)
_URL = re.compile(r"(?:https?|hxxps?)\s?:\s?/\s?/\s?\S{2,200}|(?<![\w@])www\s?\.\s?[\w-]+(?:\.[\w/-]+)*", re.IGNORECASE)
_DOMAIN = re.compile(
    rf"(?<![\w@.-])[a-z0-9][a-z0-9-]{{1,40}}(?:\.[a-z0-9-]{{2,40}}){{0,2}}(?:\.{_TLD}|\s*[\[(]\s*(?:\.|dot"
    rf"|punto|ponto|point|punkt|titik)\s*[\])]\s*{_TLD}"
    rf"|\s+(?:dot|punto|ponto|punkt|titik)\s+{_TLD}|\s\.\s?(?:com|net|org|shop|store)"
    rf"|\s(?:slash)\s)(?!\w)(?:/\S{{0,100}})?",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@\s?[A-Za-z0-9_][\w.]{1,29}(?<!\.)")
#: What every address of mail, domain or number has, so that a text without it needs no search.
_AT_SIGN = re.compile(
    r"@|[\[({<]\s*(?:at|arroba|chiocciola|ät)\s*[\])}>]|\s(?:at|arroba|chiocciola|arobase|a[-_ ]cong)\s", re.IGNORECASE
)
_DOTTED = re.compile(
    r"\.[a-z]|[\[(]\s*\.|\s\.\s?[a-z]|[\s\[(](?:dot|punto|ponto|point|punkt|titik|slash)", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_MASKED_DIGIT = re.compile(r"[x*][\dx*.\-/ ]{5}", re.IGNORECASE)
#: Groups of digits in a row: one number, or several side by side.
_GROUPS = re.compile(r"(?<![\d.,])\+?\d+(?:[ -]\+?\d+)*(?!\d)")
_GROUP = re.compile(r"\+?\d+")
#: How the digits of a card stand in groups when another number stands beside it.
_CARD_GROUPS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), *((n,) for n in range(13, 20))})
_LONGEST_PHONE = 15  # digits (ITU-T E.164)
_MOST_GROUPS = 60  # of one run, that are looked at in all parts; a text has no more numbers
#: Endings of domains that are words as well, so that with a capital they begin a sentence without a space before it.
_WORDS_TOO = frozenset(
    [
        "it",
        "in",
        "at",
        "be",
        "my",
        "me",
        "id",
        "to",
        "us",
        "de",
        "es",
        "pe",
        "cl",
        "ch",
        "page",
        "link",
        "online",
        "shop",
        "store",
        "club",
        "money",
        "site",
    ]
)
_TAX = re.compile(
    r"(?<!\d)(?:\d{3}\.\d{3}\.\d{3}-\d{2}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2})(?!\d)"  # CPF and CNPJ
    r"|(?<!\w)(?:cpf|cnpj|npwp|nif|nie|dni|tin|ssn|codice fiscale|steuer-?id|my ?number|nik"
    r"|เลขประจำตัวผู้เสียภาษี|mã số thuế)(?:\W{0,3}(?:no|nr|n[ºo°]|number)?\W{0,3})[\dx*][\dx*.\-/ ]{5,20}"
    r"|(?<!\w)[a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z](?!\w)"  # codice fiscale
    r"|(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)",
    re.IGNORECASE,
)
_ORDER_WORD = (
    r"(?:order|pedido|orden|encomenda|compra|commande|bestell(?:ung|nummer|nr)|auftrag(?:snummer)?|ordine"
    r"|pesanan|tempahan|orderan|invoice|resi|tracking|parcel|package|case|ticket|nomor|"
    r"đơn(?: hàng)?|mã đơn|mã vận đơn|คำสั่งซื้อ|ออเดอร์|ออร์เดอร์|เลขพัสดุ|หมายเลขพัสดุ|注文(?:番号)?|ご注文(?:番号)?"
    r"|伝票番号|追跡番号|suivi|colis|sendung(?:snummer)?|rastreio|seguimiento|spedizione)"
)
_NUMBER_WORD = (
    r"(?:\s*(?:id|no|nr|n[ºo°]|num(?:ber|ero|éro|mer)?|numero|número|número|code|código"
    r"|number|nomor|nombor|số|numero ng|หมายเลข|เลขที่|番号|ref(?:erence)?))?"
)
_ORDER = re.compile(
    rf"(?<![A-Za-z]){_ORDER_WORD}{_NUMBER_WORD}\s*[.:#：＃]{{0,3}}\s*(?:n[ºo°]\s*)?(?=[A-Z0-9/-]*\d)(?P<number>[A-Z0-9][A-Z0-9/-]{{3,30}})(?![A-Z0-9])",
    re.IGNORECASE,
)
_UNIT = (
    r"(?:pcs?|pieces?|packs?|sets?|pairs?|ml|cl|l|mg|g|gr|grams?|kg|mm|cm|m|inch(?:es)?|in|oz|lbs?|mah|w|v|hz|k|p|[mgt]b|ft"
    r"|hrs?|hours?|h|mins?|minutes?|days?|weeks?|months?|years?|stars?|ports?|way|tier|ply|person|x|%"
    r"|hari|jam|minggu|bulan|tahun|keping|biji|buah|unit|helai|orang|meter|liter|karat|lembar|menit|minit"
    r"|stunden|tage|werktage|wochen|stück|teilig|fach|uhr|euro|horas?|días?|dias?|semanas?|meses|piezas?|unidades|peças?"
    r"|heures?|jours?|semaines?|mois|pièces?|ore|giorni|settimane|mesi|pezzi|araw|oras|linggo|ngày|giờ|tháng|năm|cái|chiếc"
    r"|日|時間|個|枚|本|วัน|ชั่วโมง|ชิ้น)"
)
#: What is no number of an order, though it stands after such a word: "pesanan 10-12 hari", "order 12-pack", "24/7".
_QUANTITY = re.compile(
    rf"(?:\d{{1,2}}h?[/-]\d{{1,2}}h?|\d{{1,4}}(?:x\d{{1,4}}){{1,2}}|\d{{1,5}}|\d-in-\d)-?{_UNIT}?"
    r"|\d?x{0,3}[sml][/-]\d?x{0,3}[sml]|(?!bestell|order)(?=[a-z]*?(?-i:[a-z]))[a-z]{4,}\d{1,2}",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"\s(?:ml|cl|mg|grams?|kg|mm|cm|mah|oz|pcs|pieces|days|hours|weeks|hari|jam|tage|stunden|stück|horas|días|dias"
    r"|heures|jours|ore|giorni|araw|oras|ngày|giờ|cái)(?![^\W_])",
    re.IGNORECASE,
)
_SPACED_ORDER = re.compile(
    rf"(?<![A-Za-z]){_ORDER_WORD}{_NUMBER_WORD}\s*[.:#：＃]{{0,3}}\s*"
    r"\d{1,4}(?:[ \u00a0.\-–·_]{1,3}\d{1,4}){3,}(?![\d%])",
    re.IGNORECASE,
)
_LONGEST_QUANTITY = 4  # digits of a bare number that a unit makes one
_LONG_NUMBER = re.compile(r"(?<![A-Za-z0-9_.,])\d{10,22}(?![A-Za-z0-9_]|[.,]\d)")
_HASH_NUMBER = re.compile(r"(?<!\w)#\s?(?=[A-Z0-9-]*\d{4})[A-Z0-9-]{5,25}(?!\w)")
_ADDRESS = re.compile(
    r"(?<!\w)\d{1,5}[a-z]?,?\s+(?!(?:[GMT]B|USB|SSD)\s)(?:[A-Z][\w'’.-]+\s+){1,3}(?i:street|st|avenue|ave|road|rd|lane|ln|drive"
    r"|boulevard|blvd|court|square)\b\.?"
    r"|(?<!\w)(?i:calle|avenida|av\.|rua|travessa|rue|avenue|boulevard|via|viale|piazza|jalan|jln?\.|lorong"
    r"|đường|phố|ngõ|barangay|brgy\.?)"
    r"(?!\s+(?i:tiktok|shopee|lazada|amazon|google|shop|chat|app|order|kak|kakak|puan|encik|tuan|cik|mas|mbak|pak|bu)\b)"
    r"\s+(?:(?:de|da|das|do|dos|di|del|della|la|las|el|le|du|des"
    r"|los)\s+)*(?:[A-ZÀ-ÞĂĐƠƯ][\w'’.-]*\s+){0,4}(?:[A-ZÀ-ÞĂĐƠƯ][\w'’-]*),?\s*(?i:n[ºo°]\.?|no\.?|số"
    r"|nr\.?)?\s*\d{1,5}\b"
    r"|(?<!\w)\d{1,5},?\s+(?i:rue|avenue|boulevard|đường|phố)\s+(?:(?:de|la|le|du|des)\s+)*[A-ZÀ-ÞĂĐƠƯ][\w'’-]+"
    r"|(?<!\w)[A-ZÄÖÜ][\w-]+(?:straße|strasse|str\.|weg|gasse|platz|allee)\s+\d{1,4}\s?[a-z]?\b"
    r"|(?<!\w)\d{1,4}(?:/\d{1,3})?\s+(?:[A-ZÀ-ÞĂĐƠƯ][\w'’-]*\s+){0,3}[A-ZÀ-ÞĂĐƠƯ][\w'’-]*,\s*(?i:quận|phường|huyện|q\.|p\.|tp\.?)\s*\w+"
    r"|(?<!\w)(?i:no\.?|lot)\s*\d{1,5}[a-z]?,?\s+(?i:jalan|jln\.?|lorong|persiaran)\s+[A-Z]\w*"
    r"|บ้านเลขที่\s*\d+|〒\s?\d{3}-?\d{4}|[一-龥]{1,6}(?:都|道|府|県)[一-龥]{1,8}(?:市|区|町|村)\S{0,15}\d"
)


def find_personal_data(text: str, *, region: str | None = None) -> tuple[PersonalDatum, ...]:
    """Return the personal data in a text, in order, none within another.

    Args:
        text: as written; disguises of the simple kind ("at", "dot", spaces) are seen through.
        region: ISO 3166-1 alpha-2; phone numbers in its national form are then found too.
    """
    found: list[PersonalDatum] = []
    for datum in _candidates(text, region):
        if not any(datum.start < other.end and other.start < datum.end for other in found):
            found.append(datum)
    return tuple(sorted(found, key=lambda datum: datum.start))


def passes_luhn(digits: str) -> bool:
    """Whether the check digit of a card number is right (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _candidates(text: str, region: str | None) -> Iterator[PersonalDatum]:
    """Yield data, those whose form is most certain first: a later one never overlaps an earlier."""
    if _AT_SIGN.search(text):
        yield from _matches("email", _EMAIL_PLAIN, text)
        yield from _matches("email", _EMAIL, text)
        yield from _matches("email", _MAIL_BOX, text)
    yield from _matches("url", _URL, text)
    if _DOTTED.search(text):
        yield from (datum for datum in _matches("url", _DOMAIN, text) if not _begins_sentence(text, datum))
    yield from _matches("handle", _HANDLE, text)
    numbered = _DIGIT.search(text) is not None
    if numbered or _MASKED_DIGIT.search(text):
        yield from _matches("tax_number", _TAX, text)
    if numbered:
        yield from _numbers(text, region)


def _numbers(text: str, region: str | None) -> Iterator[PersonalDatum]:
    """Yield what has digits in any case, in the same order."""
    yield from _orders(text)
    yield from _matches("order_number", _SPACED_ORDER, text)
    yield from _matches("order_number", _HASH_NUMBER, text)
    yield from _cards(text)
    yield from _phones(text, region)
    yield from _phones_side_by_side(text, region)
    yield from _matches("order_number", _LONG_NUMBER, text)
    yield from _matches("address", _ADDRESS, text)


def _matches(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[PersonalDatum]:
    for match in pattern.finditer(text):
        yield PersonalDatum(kind=kind, start=match.start(), end=match.end())


def _orders(text: str) -> Iterator[PersonalDatum]:
    for match in _ORDER.finditer(text):
        if not _is_quantity(text, match):
            yield PersonalDatum(kind="order_number", start=match.start(), end=match.end())


def _is_quantity(text: str, match: re.Match[str]) -> bool:
    """Whether what follows a word like "order" counts, measures or dates something; bare digits need their unit."""
    number = match["number"]
    if number.isdecimal():
        return len(number) <= _LONGEST_QUANTITY and _UNIT_AFTER.match(text, match.end()) is not None
    return _QUANTITY.fullmatch(number) is not None and "#" not in match[0]


def _begins_sentence(text: str, datum: PersonalDatum) -> bool:
    """Whether what looks like a domain is the end of a sentence and the start of the next: "broken.It came late"."""
    label, _, ending = text[datum.start : datum.end].rpartition(".")
    if not (ending.istitle() and ending.lower() in _WORDS_TOO) or "." in label:
        return False
    goes_on = re.match(r"\s+[^\W\dA-Z_]", text[datum.end : datum.end + 8])
    return len(ending) == 2 or goes_on is not None


def _cards(text: str) -> Iterator[PersonalDatum]:
    """Yield card numbers, also one with another number beside it: their check digit tells them."""
    for run in _GROUPS.finditer(text):
        groups = [match.span() for match in _GROUP.finditer(text, *run.span())][:_MOST_GROUPS]
        for first in range(len(groups)):
            for last in range(first, min(first + 19, len(groups))):
                span = groups[first][0], groups[last][1]
                whole = span == run.span()
                if _is_card(text[slice(*span)], any_grouping=whole):
                    yield PersonalDatum(kind="card", start=span[0], end=span[1])


def _is_card(number: str, *, any_grouping: bool) -> bool:
    digits = re.sub(r"\D", "", number)
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1 or not passes_luhn(digits):
        return False
    return any_grouping or tuple(map(len, re.split("[ -]", number))) in _CARD_GROUPS


def _phones(text: str, region: str | None) -> Iterator[PersonalDatum]:
    if sum(character.isdigit() for character in text) < 7:
        return
    for place in _places(region):
        for match in phonenumbers.PhoneNumberMatcher(text, place, max_tries=20):
            yield PersonalDatum(kind="phone", start=match.start, end=match.end)


def _phones_side_by_side(text: str, region: str | None) -> Iterator[PersonalDatum]:
    """Yield phone numbers among more digits than one has, which the matcher takes for one that is none."""
    for run in _GROUPS.finditer(text):
        if sum(character.isdigit() for character in run[0]) <= _LONGEST_PHONE:
            continue
        groups = [match.span() for match in _GROUP.finditer(text, *run.span())][:_MOST_GROUPS]
        for first, (start, _) in enumerate(groups):
            ends = [end for _, end in groups[first : first + 6]]
            if end := next((end for end in reversed(ends) if _is_phone(text[start:end], region)), None):
                yield PersonalDatum(kind="phone", start=start, end=end)


def _is_phone(number: str, region: str | None) -> bool:
    groups = _GROUP.findall(number)
    if not 8 <= sum(map(len, groups)) <= _LONGEST_PHONE:
        return False
    if number[0] not in "+0" and (len(groups) < 2 or min(map(len, groups)) < 3):  # sizes, dates
        return False
    for place in _places(region):
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, place)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _places(region: str | None) -> tuple[str, ...]:
    """Return whose national form counts; in none ("ZZ"), a number needs its country code."""
    if region is None or region == "EU":
        return ("ZZ",)
    return ("GB" if region == "UK" else region, "ZZ")

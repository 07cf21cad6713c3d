"""A clause of a Japanese review is said again in plain form, so that 「とのこと」 can follow it, or not at all."""

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.reports.clauses import Lists, parts_of
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("持ち手の部分が割れていました", "持ち手の部分が割れていた"),
        ("三週間たってもまだ届きません", "三週間たってもまだ届かない"),
        ("片方のボタンが取れてしまい", "片方のボタンが取れてしまった"),
        ("蓋がうまく閉まらないです", "蓋がうまく閉まらない"),
        ("説明書も入っておらず", "説明書が入っていなかった"),
        ("何度押しても電源が入りませんでした", "何度押しても電源が入らなかった"),
        ("ただ縫製が雑です", "縫製が雑だった"),
        ("思ったより生地が薄くて", "思っていたより生地が薄い"),
        ("白を頼んだのに黒が届いたんですけど", "白を頼んだのに黒が届いた"),
        ("めっちゃ軽くて使いやすいです😊", "とても軽くて使いやすい"),
        ("色味がとても綺麗でした♪", "色味がとても綺麗だった"),
        ("着心地いいし", "着心地がいい"),
        ("デザインも気に入っています", "デザインを気に入っている"),
        ("色が写真と違います", "色が写真と違った"),
        ("梱包は丁寧だったと思います", "梱包は丁寧だった"),
        ("usbケーブルが短すぎます", "USBケーブルが短すぎる"),
        ("レバーも折れてしまいました", "レバーが折れてしまった"),  # too, but without what it adds to
        ("柄も丈もちょうどいいです", "柄も丈もちょうどいい"),
        ("外でもとても静かでした", "外でもとても静かだった"),
        ("雨の日も滑りません", "雨の日も滑らない"),
        ("裏地の手触りも気に入っています", "裏地の手触りを気に入っている"),
        ("あと引き出しのレールが曲がっていました", "引き出しのレールが曲がっていた"),
        ("鍵が一本しかなかったのが残念です", "鍵が一本しかなかった"),
        ("操作簡単で", "操作が簡単だった"),
        ("Ｍサイズは２センチ大きかったです", "Mサイズは2センチ大きかった"),
    ],
)
def test_a_clause_is_said_in_plain_form(clause: str, said: str) -> None:
    assert retold(clause, "ja", LIBRARY) == said


@pytest.mark.parametrize(
    "clause",
    [
        "開けてみたら",  # goes on
        "届いた箱の角が",  # has no verb
        "違うサイズを頼んだのに",  # expects what did not come
        "娘がとても気に入りました",  # tells of others
        "私には少し大きいです",
        "もっと長ければ良かったです",  # wishes
        "早く交換してほしいです",
        "すぐに壊れそうです",  # supposes
        "二度と買いません",
        "今日届きました",  # tells when, from where the customer stands
        "前の商品より薄いです",  # compares with others
        "これでは意味がないです",
        "値段相応です",
        "最高の品でした",
        "星一つです",
        "なぜ届かないのですか",
        "身長160センチで丈が短いです",
        "お店で見たものと違いました",
        "肌が荒れてしまいました",
        "待った甲斐がありました",
        "落としたりはしていません",
        "確認不足でした",
    ],
)
def test_what_would_read_oddly_from_the_shop_is_not_said_again(clause: str) -> None:
    assert retold(clause, "ja", LIBRARY) is None


def test_a_clause_ends_with_a_conjunction_even_without_a_mark() -> None:
    clauses = parts_of("形は可愛いですが底が抜けました。軽いけど倒れやすい", Lists(language="ja", library=LIBRARY))
    assert clauses == ["形は可愛いですが", "底が抜けました", "軽いけど", "倒れやすい"]


async def draft_of(text: str, name: SituationName, rating: int = 2) -> Draft:
    glad = name is SituationName.POSITIVE
    situation = Situation(
        situation=name,
        language="ja",
        sentiment=1 if glad else -1,
        channel=Channel.PUBLIC if glad else Channel.HYBRID,
        confidence=0.9,
        reader="scripted",
    )
    case = Case(review=Review(external_id="1", text=text, rating=rating), shop=Shop(default_language="ja"))
    return await TemplateWriter(LIBRARY).write(case, situation, Brief())


async def test_a_draft_says_what_happened_and_what_is_praised() -> None:
    draft = await draft_of("持ち手の縫い目が二日でほどけてしまいました。色はとても綺麗です。", SituationName.QUALITY)
    assert "持ち手の縫い目が二日でほどけてしまった" in str(draft.public_reply)
    assert "色はとても綺麗だった" in str(draft.public_reply)
    assert "持ち手の縫い目が二日でほどけてしまった" in str(draft.private_message)


async def test_praise_of_two_things_is_told_in_two_sentences() -> None:
    draft = await draft_of("引き出しの動きがとてもなめらかです。木目も綺麗でした。", SituationName.POSITIVE, rating=5)
    first, second, *_ = str(draft.public_reply).split("。")
    told = f"{first}。{second}"
    assert "引き出しの動きがとてもなめらかだった" in told
    assert "木目が綺麗だった" in told
    assert "うえ" not in told


async def test_a_fault_that_went_away_is_not_told() -> None:
    draft = await draft_of(
        "最初は匂いが気になりましたが、数日で消えました。布がふわふわです。", SituationName.POSITIVE, rating=4
    )
    assert "匂い" not in str(draft.public_reply)


async def test_a_clause_is_not_cut_within_a_number() -> None:
    draft = await draft_of("二リットル用のはずが1.8リットルしか入らない", SituationName.MISUNDERSTANDING)
    assert "8リットル" not in str(draft.public_reply)

"""`--platform` and `--region` of `check`: they win over the lines, and an unknown name gets a clear answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drafter.commands import offline
from drafter.domain.errors import BadInput

LINE = {
    "id": "1",
    "review": {"text": "The strap holds", "language": "en"},
    "reply": "Thank you for writing. Please change your review.",
    "platform": "tiktok_shop",
    "region": "US",
}


def policy_of(folder: Path, *, platform: str | None = None, region: str | None = None) -> str:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text(json.dumps(LINE) + "\n", encoding="utf-8")
    offline.check(str(source), str(target), platform=platform, region=region)
    findings = json.loads(target.read_text(encoding="utf-8"))["findings"]
    return next(str(finding["policy"]) for finding in findings if finding["code"] == "incentive")


def test_the_lines_own_platform_and_market_hold_without_options(tmp_path: Path) -> None:
    assert "TikTok Shop, United States: " in policy_of(tmp_path)
    assert "(verified, https://seller-us.tiktok.com" in policy_of(tmp_path)


def test_the_options_win_over_the_line(tmp_path: Path) -> None:
    assert policy_of(tmp_path, platform="amazon").startswith("Amazon: never ask to change")
    assert "Thailand allows" in policy_of(tmp_path, region="th")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"platform": "ebay"}, "There is no platform 'ebay'. Known are tiktok_shop, shopee, lazada, amazon"),
        (
            {"region": "Narnia"},
            "There is no market 'Narnia'. .* own for US, TH, VN, ID, GB, EU, MY, PH, SG, MX, BR, JP",
        ),
        ({"platform": "trustpilot", "region": "ZZ"}, "trustpilot has entries of its own for none"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path, options: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        policy_of(tmp_path, **options)
    assert not (tmp_path / "out.jsonl").exists()

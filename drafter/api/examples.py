"""Examples for the OpenAPI document; a test holds each of them to the schema that it stands beside."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

_REVIEW_ID = "rev_3kq0v7d2m8"
_ITEM_ID = "item_9xw41t6b0c"
_VERSION = "5f0c2a9e71d3b846"

REVIEW: Example = {
    "platform": "tiktok_shop",
    "region": "US",
    "external_id": "7301882",
    "product": {"id": "SKU-118", "name": "Canvas tote"},
    "rating": 2,
    "text": "Zipper broke after two days.",
    "author": "Ana",
    "language": "en",
    "created_at": "2026-01-05T09:30:00Z",
}
NEW_REVIEW: Example = {"review": REVIEW, "case_facts": {"return_policy": "Returns within 30 days, free of charge."}}

RECEIVED: Example = {
    "review_id": _REVIEW_ID,
    "version": _VERSION,
    "outcome": "new",
    "status_url": f"/v1/reviews/{_REVIEW_ID}",
}
RECEIVED_UNCHANGED: Example = RECEIVED | {"outcome": "unchanged"}
REVIEW_STATE: Example = {
    "review_id": _REVIEW_ID,
    "version": _VERSION,
    "state": "queued",
    "item_id": _ITEM_ID,
    "item_url": f"/v1/items/{_ITEM_ID}",
}

_PUBLIC = "Hi Ana, thank you for telling us. We are sorry that the zipper broke so soon. Message us in the shop chat."
_PRIVATE = "Hi Ana, we are sorry about the zipper. Please send us a picture of it here, and we will look into it."
_REFUSED = "openai:large: the quota is used up, or calls come too fast: look at your plan with the provider."
_FALLBACK = f"llm: {_REFUSED}"


def _attempt(number: int, outcome: str, **fields: object) -> Example:
    nothing: Example = {"model": None, "codes": [], "reason": None, "usage": _usage(0, 0, 0, 0.0), "latency_ms": 2.1}
    kept: Example = {"revision": 0, "created_at": "2026-01-05T09:31:12Z"}
    return {"writer": "template", "number": number, "outcome": outcome, **nothing, **kept, **fields}


def _usage(calls: int, tokens_in: int, tokens_out: int, cost_usd: float) -> Example:
    return {"calls": calls, "tokens_in": tokens_in, "tokens_out": tokens_out, "cost_usd": cost_usd}


_ASKED: Example = {"writer": "llm", "model": "openai:large"}
_ATTEMPTS: list[Example] = [
    _attempt(1, "blocked", **_ASKED, codes=["incentive"], usage=_usage(1, 742, 96, 0.000169), latency_ms=1840.2),
    _attempt(2, "failed", **_ASKED, reason=_REFUSED, usage=_usage(3, 0, 0, 0.0), latency_ms=30114.6),
    _attempt(1, "passed"),
]
_DRAFT: Example = {
    "public_reply": _PUBLIC,
    "private_message": _PRIVATE,
    "facts_used": [],
    "details_used": ["Zipper broke after two days"],
    "language": "en",
    "provenance": {"writer": "template", "prompt": "en/quality", "attempt": 1, "fallback_reason": _FALLBACK},
}
_SITUATION: Example = {
    "situation": "quality",
    "language": "en",
    "sentiment": -1,
    "details": [{"text": "Zipper broke after two days", "start": 0, "end": 27}],
    "channel": "hybrid",
    "counts_as": "product",
    "confidence": 0.93,
    "reader": "embedding",
}
_ITEM: Example = {
    "id": _ITEM_ID,
    "version": 2,
    "state": "claimed",
    "route": "draft",
    "reason": _FALLBACK,
    "review_id": _REVIEW_ID,
    "review_version": _VERSION,
    "review": REVIEW | {"shop": "default"},
    "situation": _SITUATION,
    "draft": _DRAFT,
    "findings": [],
    "escalated": False,
    "claimed_by": "maria",
    "regenerating": False,
    "overdue": False,
    "due_at": "2026-01-06T09:30:00Z",
    "received_at": "2026-01-05T09:31:10Z",
    "created_at": "2026-01-05T09:31:12Z",
}
_CLAIMED: Example = {
    "kind": "claim",
    "actor": {"kind": "person", "id": "per_52jf8s0q1z", "name": "maria", "role": "approver"},
    "reason": None,
    "state_before": "queued",
    "state_after": "claimed",
    "draft_id": "draft_7hd2k5p9ra",
    "details": {},
    "at": "2026-01-05T10:02:00Z",
}
ITEM_PAGE: Example = {"items": [_ITEM], "next_cursor": None}
DECISION_LIST: Example = {"decisions": [_CLAIMED]}
ITEM_DETAIL: Example = _ITEM | {
    "case_facts": NEW_REVIEW["case_facts"],
    "decisions": [_CLAIMED],
    "drafts": [
        {
            "id": "draft_7hd2k5p9ra",
            "draft": _DRAFT,
            "findings": [],
            "instruction": None,
            "created_at": "2026-01-05T09:31:12Z",
        }
    ],
    "attempts": _ATTEMPTS,
    "usage": _usage(4, 742, 96, 0.000169),
    "reply": None,
    "customer_changed": False,
    "escalation_contact": None,
    "alike": [],
    "suggested_report": None,
}

APPROVE: Example = {"kind": "approve", "actor": "maria", "public_reply": _PUBLIC, "private_message": _PRIVATE}
REJECT: Example = {"kind": "reject", "actor": "maria", "reason": "The customer has been answered by phone."}
REGENERATE: Example = {
    "kind": "regenerate",
    "actor": "maria",
    "instruction": "Shorter, and name the zipper.",
    "tone": "neutral",
}
TEXTS_TO_CHECK: Example = {"public_reply": "Change your review to five stars and we will send you a gift."}
FINDINGS: Example = {
    "findings": [
        {
            "code": "incentive",
            "check": "guardrails.checks.incentive",
            "severity": "block",
            "part": "public",
            "start": 0,
            "end": 61,
            "message": "It offers something for a better review.",
            "suggestion": "Take the offer and the request out.",
            "policy": None,
            "final": False,
        }
    ],
    "blocked": True,
}

POSTED: Example = {"part": "public"}
FAILED: Example = {"reason": "The seller page shows that the review has a reply.", "part": "public"}
REPLY: Example = {
    "id": "rep_0b5n3y8w6e",
    "delivery_id": "dlv_4r7c1u9k2x",
    "parts": [
        {"part": "public", "text": _PUBLIC, "state": "handed_over", "failure": None},
        {"part": "private", "text": _PRIVATE, "state": "handed_over", "failure": None},
    ],
    "approved_at": "2026-01-05T10:05:00Z",
    "held_until": "2026-01-05T10:05:15Z",
    "attempts": 0,
    "last_error": None,
    "acknowledged_at": "2026-01-05T10:06:00Z",
    "outdated": False,
}
DELIVERY: Example = {
    "type": "reply.approved",
    "delivery_id": "dlv_4r7c1u9k2x",
    "shop": "default",
    "platform": "tiktok_shop",
    "review": {"external_id": "7301882", "id": _REVIEW_ID, "version": _VERSION},
    "reply": {"public": _PUBLIC, "private": _PRIVATE},
    "approved_by": "maria",
    "approved_at": "2026-01-05T10:05:00Z",
}
DELIVERIES: Example = {"deliveries": [DELIVERY]}
APPROVED_REPLIES: Example = {
    "replies": [
        {
            **REPLY,
            "item_id": _ITEM_ID,
            "shop": "default",
            "platform": "tiktok_shop",
            "review": {"external_id": "7301882", "id": _REVIEW_ID, "version": _VERSION},
        }
    ],
    "next_cursor": None,
}

VOICE: Example = {
    "tone": "neutral",
    "person": "we",
    "emoji": False,
    "sign_off": "The Tote Team",
    "avoid": ["unfortunately"],
    "use": ["our workshop"],
    "examples": [{"reply": "Thank you, that made our day in the workshop.", "review": "Lovely stitching."}],
}
VOICE_CHANGE: Example = {"tone": "neutral", "sign_off": "The Tote Team", "avoid": ["unfortunately"]}
_HEARD: Example = {"draft": _DRAFT, "findings": [], "reason": None}
VOICE_HEARD: Example = {
    "reviews": [{"need": "remedy", "own": True, "review": REVIEW, "before": _HEARD, "after": _HEARD}],
    "usage": _usage(6, 4452, 576, 0.001014),
}


def _share(count: int, of: int, share: float, low: float, high: float) -> Example:
    return {"count": count, "of": of, "share": share, "low": low, "high": high}


_JUDGED: Example = {
    "situation": None,
    "writer": None,
    "model": None,
    "prompt_hash": None,
    "judged": 30,
    "approved": _share(25, 30, 0.8333, 0.6644, 0.9266),
    "edited": _share(3, 30, 0.1, 0.0346, 0.2562),
    "rejected": _share(1, 30, 0.0333, 0.0059, 0.1667),
    "regenerated": _share(1, 30, 0.0333, 0.0059, 0.1667),
    "edit_distance": 0.1842,
    "unused": 2,
}
_VERSION_OF: Example = {"writer": "llm", "model": "openai:small", "prompt_hash": "sha256:5f1c0a9e7b"}
DRAFTS_REPORT: Example = {
    "since": "2025-12-06T12:00:00Z",
    "until": "2026-01-05T12:00:00Z",
    "shop": "default",
    "total": _JUDGED,
    "by_situation": [_JUDGED | {"situation": "quality"}],
    "by_version": [_JUDGED | _VERSION_OF],
    "by_both": [_JUDGED | _VERSION_OF | {"situation": "quality"}],
    "reasons": [{"kind": "reject", "text": "States something untrue", "count": 1, "situations": ["quality"]}],
    "repairs": [
        _VERSION_OF
        | {
            "code": "unverified_commitment",
            "found": 6,
            "first": 4,
            "second": 1,
            "never": 1,
            "not_tried": 0,
            "brought": 1,
            "mended": _share(5, 6, 0.8333, 0.4365, 0.9699),
        }
    ],
}

_TAKEN: Example = {
    "day": None,
    "shop": None,
    "model": None,
    "role": None,
    "drafts": 30,
    "calls": 52,
    "tokens_in": 61_240,
    "tokens_out": 4_812,
    "cost_usd": 0.024934,
    "unpriced_calls": 0,
    "over_budget": 3,
    "cost_usd_per_draft": 0.000831,
    "by_template": _share(3, 30, 0.1, 0.0346, 0.2562),
}
COSTS_REPORT: Example = {
    "since": "2025-12-06T12:00:00Z",
    "until": "2026-01-05T12:00:00Z",
    "shop": "default",
    "total": _TAKEN,
    "by_day": [_TAKEN | {"day": "2026-01-05", "shop": "default"}],
    "by_model": [_TAKEN | {"model": "openai:small", "role": "writer"}],
    "by_all": [_TAKEN | {"day": "2026-01-05", "shop": "default", "model": "openai:small", "role": "writer"}],
}

WANTED_TRANSLATION: Example = {"language": "de"}
TRANSLATION: Example = {
    "language": "de",
    "texts": {"review": "Der Reißverschluss ging nach zwei Tagen kaputt."},
    "model": "openai:large",
    "at": "2026-01-05T10:02:00Z",
    "machine": True,
}

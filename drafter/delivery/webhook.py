"""The webhook: one signed attempt to hand a reply over, by the Standard Webhooks rules (standardwebhooks.com)."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import httpx2
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from drafter.delivery.addresses import AddressRefused, Resolve, checked_address, system_resolve
from drafter.domain.errors import Misconfigured

SECONDS = 10.0  # for one attempt, name look-up and all
_GONE = 410


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of one attempt."""

    acknowledged: bool
    error: str | None = None  # for the person who looks after the receiver; never the receiver's own words
    is_final: bool = False  # trying again would be wrong
    wish: timedelta | None = None  # how long the receiver asked us to wait


class WebhookSender:
    """Sends signed webhooks; follows no redirect, uses no proxy, keeps no connection."""

    def __init__(self, *, secret: str | None, allow_private: bool, resolve: Resolve = system_resolve) -> None:
        self._secret = secret
        self._allow_private = allow_private
        self._resolve = resolve

    async def send(self, url: str, delivery_id: str, payload: dict[str, Any], at: datetime) -> Answer:
        """Make one attempt and return what became of it; only cancellation comes out of it as an exception."""
        try:
            body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
            headers = self._signed(delivery_id, body, at)
            async with asyncio.timeout(SECONDS):
                return await self._post(httpx2.URL(url), body.encode(), headers, at)
        except (AddressRefused, Misconfigured) as error:
            return Answer(acknowledged=False, error=str(error))
        except (TimeoutError, httpx2.TimeoutException):
            return Answer(acknowledged=False, error=f"The receiver did not answer within {SECONDS:.0f} seconds.")
        except httpx2.InvalidURL:
            return Answer(acknowledged=False, error="The webhook's address is not a URL.")
        except httpx2.HTTPError as error:
            return Answer(acknowledged=False, error=f"The receiver could not be reached ({type(error).__name__}).")

    def _signed(self, delivery_id: str, body: str, at: datetime) -> dict[str, str]:
        if not self._secret:
            raise Misconfigured("DRAFTER_WEBHOOK_SECRET is not set, so webhooks cannot be signed.")
        try:
            signature = Webhook(self._secret).sign(delivery_id, at.astimezone(UTC), body)
        except (ValueError, RuntimeError, EmptyWebhookSecretError) as error:
            raise Misconfigured("DRAFTER_WEBHOOK_SECRET is not a signing secret (whsec_ and base64).") from error
        return {
            "content-type": "application/json",
            "user-agent": "drafter",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }

    async def _post(self, url: httpx2.URL, body: bytes, headers: dict[str, str], at: datetime) -> Answer:
        address = await self._checked(url)
        transport = httpx2.AsyncHTTPTransport(verify=self._tls, trust_env=False)
        async with httpx2.AsyncClient(transport=transport, timeout=SECONDS, follow_redirects=False) as client:
            request = client.build_request(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers={**headers, "host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.raw_host.decode("ascii")},  # TLS still proves the name
            )
            response = await client.send(request, stream=True)  # its body is none of our business
            try:
                return _answer(response, at)
            finally:
                await response.aclose()

    async def _checked(self, url: httpx2.URL) -> str:
        wanted = ("https", "http") if self._allow_private else ("https",)
        if url.scheme not in wanted or not url.host:
            raise AddressRefused("A webhook's address begins with https:// and names a host.")
        port = url.port or (443 if url.scheme == "https" else 80)
        return await checked_address(url.host, port, resolve=self._resolve, allow_private=self._allow_private)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx2.create_ssl_context()  # takes 18 ms, so it is made once


def _answer(response: httpx2.Response, at: datetime) -> Answer:
    """Read a status: 2xx confirms, 410 ends it (by the Standard Webhooks rules), all else may be mended meanwhile."""
    if response.is_success:
        return Answer(acknowledged=True)
    status = response.status_code
    if status == _GONE:
        return Answer(acknowledged=False, error="The receiver takes no replies any more (410).", is_final=True)
    wish = _retry_after(response.headers.get("retry-after"), at)
    return Answer(acknowledged=False, error=f"The receiver answered {status}.", wish=wish)


def _retry_after(value: str | None, at: datetime) -> timedelta | None:
    """Return how long the receiver asked us to wait, in either form of RFC 9110; None if it did not."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return timedelta(seconds=int(value.strip()[:9]))  # nine digits are thirty years
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    return max(until - at, timedelta())

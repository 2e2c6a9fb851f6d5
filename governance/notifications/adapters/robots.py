"""Robots of groups: DingTalk (钉钉) and WeCom (企业微信), whose answer says in its body whether they took a message."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from core import clock
from core.outward import post_judged
from governance.notifications.adapters.webhook import of_status
from governance.notifications.rules import Outcome

if TYPE_CHECKING:
    from governance.notifications.parcels import Parcel, Way

TOO_MANY: Final = frozenset({45009, 130101, 410100})
"""Codes by which both say that more than 20 messages a minute came."""
LOCKED_FOR: Final = timedelta(minutes=10)
"""For so long a robot takes nothing after that."""
LONGEST_WECOM_BYTES: Final = 4096
_JSON: Final = {"Content-Type": "application/json"}


def send_to_dingtalk(parcel: Parcel, way: Way) -> Outcome:
    """Send a message to a DingTalk robot; with a secret the address is signed, as its kind "sign" asks."""
    title, text = parcel.words(way)
    query = {"access_token": parcel.token}
    if parcel.signing:
        stamp = str(round(clock.now().timestamp() * 1000))
        query |= {"timestamp": stamp, "sign": dingtalk_sign(stamp, parcel.signing[0])}
    body = {"msgtype": "markdown", "markdown": {"title": title, "text": f"### {title}\n{text}"}}
    return _post(f"{parcel.address}?{urlencode(query)}", body, way)


def dingtalk_sign(stamp: str, secret: str) -> str:
    """Return the signature of an instant in milliseconds: HMAC-SHA256 of both lines under the secret, in base 64."""
    signed = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(signed).decode()


def send_to_wecom(parcel: Parcel, way: Way) -> Outcome:
    """Send a message to a WeCom robot, whose key is its only secret."""
    title, text = parcel.words(way)
    content = f"**{title}**\n{text}".encode()[:LONGEST_WECOM_BYTES].decode(errors="ignore")
    body = {"msgtype": "markdown", "markdown": {"content": content}}
    return _post(f"{parcel.address}?{urlencode({'key': parcel.token})}", body, way)


def _post(address: str, body: dict[str, Any], way: Way) -> Outcome:
    answer = post_judged(address, orjson.dumps(body), _JSON, longest_s=way.longest_s, allowed=way.allowed)
    outcome = of_status(answer)
    if outcome.fault is not None:
        # A robot that answers 410 was taken out of its group, as a webhook that is gone.
        return outcome
    try:
        code = orjson.loads(answer.body)["errcode"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Outcome("answer-not-understood", answer.status)
    if code == 0:
        return outcome
    if code in TOO_MANY:
        return Outcome("too-many", answer.status, LOCKED_FOR)
    return Outcome(f"errcode-{str(code)[:20]}", answer.status)

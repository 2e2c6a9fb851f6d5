"""An OpenID provider as the operator states it: its own description, the exchange of a code, the check of an ID token.

Written after OpenID Connect Core 1.0, Discovery 1.0, PKCE (RFC 7636), RFC 9207 (who answers) and RFC 9700 (what goes
wrong in practice).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import httpx2

from core import clock, outward
from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from core.settings import Settings

_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has: neither none, nor one by a secret shared with this service."""
_LEEWAY_S: Final = 60
_LONGEST_S: Final = 10.0


class OpenIdOffError(DomainError):
    """No OpenID provider is set up here. Sign in with a password."""

    code = "openid-off"
    kind = Kind.NOT_FOUND


class OpenIdUnavailableError(DomainError):
    """The OpenID provider does not answer as it should. Try again in a moment, or sign in with a password."""

    code = "openid-unavailable"
    kind = Kind.UNAVAILABLE


class OpenIdRefusedError(DomainError):
    """The sign-in at the OpenID provider was not completed. Begin again from this service's own page."""

    code = "openid-refused"
    kind = Kind.UNAUTHORIZED


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent with a browser to the provider, and compared with what comes back."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider by its own description (`/.well-known/openid-configuration`)."""

    issuer: str
    client_id: str
    client_secret: str
    described: dict[str, Any]

    @classmethod
    def read(cls, settings: Settings) -> Provider:
        """Ask the provider of the settings for its description.

        Raises
        ------
        OpenIdOffError, OpenIdUnavailableError
        """
        if not settings.openid_issuer:
            raise OpenIdOffError
        issuer = settings.openid_issuer
        described = _json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        # Discovery §4.3: else the description of one provider could name the endpoints of another (mix-up).
        if described.get("issuer") != issuer:
            raise OpenIdUnavailableError(
                "What stands under {issuer} describes another issuer.", values={"issuer": issuer}
            )
        return cls(issuer, settings.openid_client_id, settings.openid_client_secret.get_secret_value(), described)

    def address_for(self, question: Question, scopes: str) -> str:
        """Return the address to send a browser to."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415 (a tenth of a second at start)

        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": question.redirect_uri,
            "scope": scopes,
            "state": question.state,
            "nonce": question.nonce,
            "code_challenge": create_s256_code_challenge(question.verifier),
            "code_challenge_method": "S256",
        }
        endpoint = self._endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def address_for_leaving(self, back_to: str) -> str | None:
        """Return where a browser is sent to sign out at the provider too (None: it has no such place)."""
        endpoint = self.described.get("end_session_endpoint")
        if not isinstance(endpoint, str):
            return None
        return f"{endpoint}?{urlencode({'client_id': self.client_id, 'post_logout_redirect_uri': back_to})}"

    def require_own_answer(self, issuer: str | None) -> None:
        """Raise OpenIdRefusedError where another provider answers than the one that was asked (RFC 9207)."""
        is_stated = bool(self.described.get("authorization_response_iss_parameter_supported"))
        if issuer != self.issuer and (issuer is not None or is_stated):
            raise OpenIdRefusedError("Another provider answered than the one that was asked.")

    def claims(self, code: str, question: Question) -> dict[str, Any]:
        """Exchange a code and return what the ID token states, once its signature and all else in it is checked.

        Raises
        ------
        OpenIdRefusedError, OpenIdUnavailableError
        """
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 (as above)
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": question.redirect_uri,
            "code_verifier": question.verifier,
        }
        answer = _json("POST", self._endpoint("token_endpoint"), data=sent, auth=(self.client_id, self.client_secret))
        token, keys = answer.get("id_token"), _json("GET", self._endpoint("jwks_uri"))
        if not isinstance(token, str):
            raise OpenIdRefusedError("The provider sent no ID token.")
        try:
            read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS))  # type: ignore[arg-type]
            wanted = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
                "nonce": {"essential": True, "value": question.nonce},
            }
            stated = CodeIDToken(
                read.claims,
                read.header,
                options=wanted,
                params={
                    "client_id": self.client_id,
                    "nonce": question.nonce,
                    "access_token": answer.get("access_token"),
                },
            )
            stated.validate(now=int(clock.now().timestamp()), leeway=_LEEWAY_S)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise OpenIdRefusedError(
                "The provider's ID token is not valid: {problem}.", values={"problem": type(error).__name__}
            ) from error
        return dict(stated)

    def _endpoint(self, name: str) -> str:
        found = self.described.get(name)
        if not isinstance(found, str) or not found.startswith(("https://", "http://")):
            raise OpenIdUnavailableError("The provider's description has no {name}.", values={"name": name})
        return found


def _json(method: str, address: str, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 (httpx2's own)
    """Ask the provider; a refusal of what was sent is another error than a provider that fails."""
    try:
        answer = outward.send(method, address, longest_s=_LONGEST_S, headers={"Accept": "application/json"}, **sent)
        content = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise OpenIdUnavailableError from error
    if answer.status_code in {400, 401, 403} and method == "POST":
        raise OpenIdRefusedError("The provider does not take the code.")
    if answer.status_code != 200 or not isinstance(content, dict):
        raise OpenIdUnavailableError
    return content

"""What persons send to sign in, and the answers about themselves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core import training
from identity.actors import ActorKind
from identity.sign_in.rules import LOGIN_LONGEST, PASSWORD_LONGEST

if TYPE_CHECKING:
    from identity.keys import Principal
    from identity.sign_in.links import AccountState
    from identity.sign_in.tables import PersonSession


Code = Annotated[
    str | None,
    Field(
        max_length=40, description="The code that the authenticator app shows, or a recovery code.", examples=["492039"]
    ),
]


class ProofIn(BaseModel):
    """What shows again that it is the person who asks."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(min_length=1, max_length=PASSWORD_LONGEST)
    code: Code = None


class PasswordChangeIn(ProofIn):
    """The present password, and the one to come."""

    new_password: str = Field(min_length=1, max_length=PASSWORD_LONGEST)


class SecondFactorCodeIn(BaseModel):
    """The code that the authenticator app shows."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=40, examples=["492039"])


class EnrolmentOut(BaseModel):
    """What an authenticator app is given."""

    secret: str = Field(description="To be typed into the app (Base32).")
    uri: str = Field(description="The same as the address of a QR code (otpauth).")


class RecoveryCodesOut(BaseModel):
    """Codes that each open once in place of the app's; they are not stored and cannot be shown again."""

    recovery_codes: list[str]


class SignInIn(BaseModel):
    """Who signs in, and by what."""

    model_config = ConfigDict(extra="forbid")

    login: str = Field(min_length=1, max_length=LOGIN_LONGEST, examples=["liu.yang"])
    password: str = Field(min_length=1, max_length=PASSWORD_LONGEST, examples=["four words apart here"])
    code: Code = None


class PasswordIn(BaseModel):
    """A password to be set by a one-time token."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=100, description="What follows `#token=` in the link.")
    password: str = Field(min_length=1, max_length=PASSWORD_LONGEST)


class PasswordSetOut(BaseModel):
    """Whose password was set."""

    name: str = Field(description="The person.", examples=["刘洋"])
    login: str = Field(description="What the person signs in with.", examples=["liu.yang"])


class SignedInOut(BaseModel):
    """A session that has begun; its cookie comes with the answer."""

    id: int
    name: str = Field(description="The person.", examples=["刘洋"])
    expires_at: datetime = Field(description="It ends then at the latest, and before when it is left idle.")


class SessionOut(BaseModel):
    """One session of a person."""

    id: int
    method: str = Field(description="How the person signed in: `password` or `openid`.")
    address: str = Field(description="Network address it began from; of IPv6 its network of 64 bits.")
    program: str = Field(description="What the browser or program called itself.")
    created_at: datetime
    last_seen_at: datetime = Field(description="At most a minute behind.")
    is_current: bool = Field(description="Whether this request came by it.")


class SessionList(BaseModel):
    """The open sessions of a person, the latest seen first."""

    items: list[SessionOut]


class AccountOut(BaseModel):
    """How a person signs in."""

    login: str = Field(examples=["liu.yang"])
    state: Literal["invited", "in_use", "locked"]
    created_at: datetime
    password_set_at: datetime | None
    locked_at: datetime | None
    has_second_factor: bool
    sessions: list[SessionOut] = Field(description="The open ones, the latest seen first.")


class LinkIn(BaseModel):
    """A one-time link for a person."""

    model_config = ConfigDict(extra="forbid")

    login: str | None = Field(
        default=None,
        min_length=1,
        max_length=LOGIN_LONGEST,
        examples=["liu.yang"],
        description="What the person signs in with, until a password is set; the staff number, else the name.",
    )
    remove_second_factor: bool = Field(default=False, description="Take the second factor away: the phone was lost.")


class LinkOut(BaseModel):
    """A link that sets a password once; it is not stored and cannot be shown again."""

    link: str = Field(examples=["https://grid.example.org/sign-in#token=…"])
    kind: Literal["invitation", "reset"] = Field(description="For the first password, or for another one.")
    expires_at: datetime


class SessionsEndedOut(BaseModel):
    """How many sessions were ended."""

    ended: int


class GrantOut(BaseModel):
    """A role in an area (null: everywhere) and on a category (null: all)."""

    role: str = Field(examples=["dispatcher"])
    area: str | None = Field(examples=["admin/410106003"])
    category: str | None


class MeOut(BaseModel):
    """Who asks, and what they may do."""

    name: str = Field(description="The person or system.", examples=["刘洋"])
    number: int | None = Field(description="The person's number in `/v1/people`; null: a system.", examples=[101])
    kind: str = Field(description="`person` or `system`.")
    stands_in_for: list[str] = Field(description="Those who are away and for whom the person acts too, by name.")
    key: str | None = Field(description="Name of the key that was sent; null: a session was.")
    session: int | None = Field(description="Number of the session; null: a key was sent.")
    lacks_second_factor: bool = Field(
        description="Whether a second factor has to be set up before anything else may be done."
    )
    scopes: list[str] = Field(description="What may be done somewhere.", examples=[["reports:read", "triage:write"]])
    grants: list[GrantOut] | None = Field(
        description="Where and on what; null: a key without grants, which reaches everything that its scopes open."
    )
    expires_at: datetime | None = Field(description="When the key or the session ends at the latest; null: never.")
    training: bool = Field(description="Whether this is a training environment, where nothing is real.")


def session_out(row: PersonSession, current: int | None) -> dict[str, Any]:
    """Return one session as it is answered."""
    shown = {name: getattr(row, name) for name in SessionOut.model_fields if name != "is_current"}
    return shown | {"is_current": row.id == current}


def account_out(state: AccountState) -> dict[str, Any]:
    """Return the state of an account as it is answered."""
    shown = {name: getattr(state, name) for name in AccountOut.model_fields if name not in {"state", "sessions"}}
    word = "locked" if state.locked_at else "in_use" if state.password_set_at else "invited"
    return shown | {"state": word, "sessions": [session_out(row, None) for row in state.sessions]}


def me_out(principal: Principal) -> dict[str, Any]:
    """Return who asks as it is answered."""
    grants = principal.grants
    return {
        "name": principal.actor.name,
        "number": principal.actor.id if principal.actor.kind is ActorKind.PERSON else None,
        "stands_in_for": list(principal.actor.stands_in_for),
        "kind": principal.actor.kind,
        "key": principal.name if principal.session_id is None else None,
        "session": principal.session_id,
        "lacks_second_factor": principal.lacks_second_factor,
        "scopes": sorted(principal.scopes),
        "grants": None
        if grants is None
        else [{"role": grant.role, "area": grant.area, "category": grant.category} for grant in grants],
        "expires_at": principal.expires_at,
        "training": training.is_on(),
    }

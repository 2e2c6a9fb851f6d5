"""Signing in at an OpenID provider, and attacks on it; the provider is one that others wrote (oidc-provider-mock)."""

from __future__ import annotations

import base64
import hashlib
import warnings
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from core.settings import Settings
from identity.actors import COMMAND_LINE
from identity.sign_in import accounts, provider
from tests.factories.sign_in import CHEAP, make_person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore")  # the provider's own
PEOPLE: Final[dict[str, dict[str, object]]] = {
    "subject-1": {"preferred_username": "Chen.Jing"},
    "subject-2": {"preferred_username": "somebody.else"},
    "subject-3": {},
    "subject-4": {"preferred_username": "chen.jing"},
}
PROGRAM: Final = {"X-Requested-With": "tests"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of a provider that knows PEOPLE."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock as mock

        people = [mock.User(sub=sub, claims=claims) for sub, claims in PEOPLE.items()]
        with mock.run_server_in_thread(user_claims=people, require_nonce=True) as server:
            yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def settings(issuer: str, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("cache")
    return Settings(
        DATABASE_URL=module_database_url, cache_dir=folder, log_level="ERROR", openid_issuer=issuer,
        openid_client_id="wangge", openid_client_secret="secret", **CHEAP,
    )  # fmt: skip


@pytest.fixture(scope="module")
def service(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False, follow_redirects=False) as opened:
        with opened.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
            person = make_person(session, "陈静")
            accounts.invite(session, person=person, login="chen.jing", settings=settings, actor=COMMAND_LINE)
        yield opened


def leave(client: TestClient, path: str = "/v1/me") -> str:
    """Begin at the service; return the provider's address that the browser is sent to."""
    answer = client.get("/sign-in/openid", params={"next": path})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def at_provider(address: str, **form: str) -> str:
    """Do what a person does at the provider; return the address that the browser is sent back to."""
    answer = httpx2.post(address, data=form, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def back(client: TestClient, address: str, **changed: str | None) -> Any:
    """Open the address, with some of its parameters changed or (None) left out."""
    parts = urlsplit(address)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return client.get(f"{parts.path}?{urlencode({n: v for n, v in given.items() if v is not None})}")


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_a_person_comes_back_signed_in_and_goes_on_where_it_wanted(
    client: TestClient, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = leave(client, "/v1/me?lang=zh")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "http://testserver/sign-in/openid/back"
    sent: list[dict[str, str]] = []
    ask = provider._json  # noqa: SLF001
    monkeypatch.setattr(
        provider, "_json", lambda *words, **more: sent.append(more.get("data", {})) or ask(*words, **more)
    )
    answer = back(client, at_provider(address, sub="subject-1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/v1/me?lang=zh")
    (exchanged,) = [one for one in sent if one]
    verifier = hashlib.sha256(exchanged["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() == asked["code_challenge"]
    me = client.get("/v1/me").json()
    assert me["name"] == "陈静"
    (session,) = client.get("/v1/sessions").json()["items"]
    assert (session["method"], session["is_current"]) == ("openid", True)
    out = client.post("/sign-in/openid/sign-out", headers=PROGRAM)
    assert out.headers["location"] == f"{issuer}/oauth2/end_session?" + urlencode(
        {"client_id": "wangge", "post_logout_redirect_uri": "http://testserver/"}
    )
    assert client.get("/v1/me").status_code == 401


def test_a_subject_stays_the_account_it_was_and_nobody_else_becomes_it_by_a_name(client: TestClient) -> None:
    """Logins at the provider may pass to another person; the subject does not."""
    assert back(client, at_provider(leave(client), sub="subject-1")).status_code == 303
    services = client.app.state.services  # type: ignore[attr-defined]
    with services.database.transaction() as session:
        session.execute(text("UPDATE account SET login = 'chen.jing.2'"))
    try:
        assert back(client, at_provider(leave(client), sub="subject-1")).status_code == 303
        assert problem(back(client, at_provider(leave(client), sub="subject-4"))) == (403, "openid-unknown")
    finally:
        with services.database.transaction() as session:
            session.execute(text("UPDATE account SET login = 'chen.jing'"))


@pytest.mark.parametrize("subject", ["subject-2", "subject-3"])
def test_who_has_no_account_gets_none(client: TestClient, subject: str) -> None:
    answer = back(client, at_provider(leave(client), sub=subject))
    assert (*problem(answer), answer.headers.get("set-cookie")) == (403, "openid-unknown", None)


def test_a_locked_account_is_locked_at_this_door_too(client: TestClient) -> None:
    database = client.app.state.services.database  # type: ignore[attr-defined]
    with database.transaction() as session:
        person = make_person(session, "陈静")
        accounts.lock(session, person=person, actor=COMMAND_LINE)
    try:
        assert problem(back(client, at_provider(leave(client), sub="subject-1"))) == (403, "account-locked")
    finally:
        with database.transaction() as session:
            accounts.unlock(session, person=person, actor=COMMAND_LINE)


@pytest.mark.parametrize(
    "changed",
    [{"state": None}, {"state": "made up"}, {"code": "made up"}, {"code": None}, {"iss": "https://evil.example"}],
    ids=str,
)
def test_an_answer_that_was_changed_on_the_way_is_refused(client: TestClient, changed: dict[str, str | None]) -> None:
    address = at_provider(leave(client), sub="subject-1")
    answer = back(client, address, **changed)
    assert (*problem(answer), answer.headers.get("set-cookie")) == (401, "openid-refused", None)


def test_an_answer_counts_once_in_the_browser_that_left_and_not_for_long(client: TestClient) -> None:
    address = at_provider(leave(client), sub="subject-1")
    assert back(client, address).status_code == 303
    assert problem(back(client, address)) == (401, "openid-refused"), "replayed"
    planted = at_provider(leave(client), sub="subject-1")
    client.cookies.clear()  # the browser of a victim, who is given the address of an attacker's answer
    assert problem(back(client, planted)) == (401, "openid-refused")
    late = at_provider(leave(client), sub="subject-1")
    with client.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
        session.execute(text("UPDATE openid_attempt SET created_at = now() - interval '11 minutes'"))
    assert problem(back(client, late)) == (401, "openid-refused")


def test_a_person_who_declines_at_the_provider_is_not_signed_in(client: TestClient) -> None:
    answer = back(
        client, at_provider(leave(client), action="deny"), state=parse_qs(urlsplit(leave(client)).query)["state"][0]
    )
    assert problem(answer) == (401, "openid-refused")


def test_a_token_that_was_issued_for_another_question_is_refused(client: TestClient) -> None:
    address = at_provider(leave(client), sub="subject-1")
    with client.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
        session.execute(text("UPDATE openid_attempt SET nonce = 'another'"))
    assert problem(back(client, address)) == (401, "openid-refused")


@pytest.mark.parametrize(("setting", "value"), [("openid_client_id", "other"), ("openid_issuer", "{issuer}/")])
def test_a_token_for_others_and_a_description_of_another_issuer_are_refused(
    client: TestClient, settings: Settings, issuer: str, setting: str, value: str
) -> None:
    address = at_provider(leave(client), sub="subject-1")
    services = client.app.state.services  # type: ignore[attr-defined]
    changed = {setting: value.format(issuer=issuer)}
    object.__setattr__(services, "settings", settings.model_copy(update=changed))
    try:
        refused = (401, "openid-refused") if setting == "openid_client_id" else (503, "openid-unavailable")
        assert problem(back(client, address)) == refused
    finally:
        object.__setattr__(services, "settings", settings)


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/x\r\nSet-Cookie: a=b",
        "javascript:alert(1)", "evil.example", "", "/\t/evil.example", " /v1/me",
    ],
)  # fmt: skip
def test_nobody_is_sent_on_to_another_site(client: TestClient, path: str) -> None:
    answer = client.get("/sign-in/openid", params={"next": path})
    assert (*problem(answer), answer.headers.get("location")) == (400, "next-path-invalid", None)


def test_without_a_provider_there_is_none_to_go_to(client: TestClient, settings: Settings) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    object.__setattr__(services, "settings", settings.model_copy(update={"openid_issuer": ""}))
    try:
        assert problem(client.get("/sign-in/openid")) == (404, "openid-off")
    finally:
        object.__setattr__(services, "settings", settings)

"""What the container files say is true of the code: commands, settings, ports, the health address, the packages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from typer.testing import CliRunner

from cli import app as command_line
from core.settings import Settings
from tests.described import application

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("app", "worker")
ROLES_SCRIPT = (ROOT / "migrations" / "install" / "compose.sh").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
BOOTSTRAP = (ROOT / "wangge").read_text()


def resolved(text: str, **environment: str) -> str:
    """Fill in `${NAME:-default}` as docker compose does."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: environment.get(found[1]) or found[2], text)


@pytest.mark.parametrize("service", OURS)
def test_each_service_runs_a_command_that_exists_with_its_options(service: str) -> None:
    command, *words = SERVICES[service]["command"]
    said = CliRunner().invoke(command_line, [command, "--help"])
    assert said.exit_code == 0
    assert all(word in said.output for word in words if word.startswith("--"))


def test_the_image_runs_the_command_line_and_serves_on_the_port_it_names() -> None:
    assert 'ENTRYPOINT ["python", "main.py"]' in DOCKERFILE
    (served,) = re.findall(r'^CMD \["serve", "--host", "0.0.0.0", "--port", "(\d+)"\]', DOCKERFILE, re.MULTILINE)
    assert f"EXPOSE {served}" in DOCKERFILE
    assert SERVICES["app"]["command"][-1] == served
    assert SERVICES["app"]["ports"] == [f"${{WANGGE_PORT:-8000}}:{served}"]


def test_every_variable_set_is_a_setting_of_ours() -> None:
    known = {f"WANGGE_{name.upper()}" for name in Settings.model_fields} | {"DATABASE_URL"}
    for service in OURS:
        assert set(SERVICES[service]["environment"]) <= known
    in_image = set(re.findall(r"\b(\w+)=\S", re.findall(r"^ENV (.+)$", DOCKERFILE, re.MULTILINE)[0]))
    assert in_image - known == {"NUMBA_CACHE_DIR", "PYTHONUNBUFFERED"}


@pytest.mark.parametrize("password", ["", "geheim"])
def test_the_services_reach_the_database_by_the_roles_that_its_script_makes(password: str) -> None:
    given = {"OWNER_PASSWORD": f"{password}o" if password else "", "APP_PASSWORD": f"{password}a" if password else ""}
    made = {key: resolved(value, **given) for key, value in SERVICES["db"]["environment"].items()}
    roles = dict(re.findall(r"-v (owner|application)=(\w+)", ROLES_SCRIPT))
    words = dict(re.findall(r'-v "(owner|application)_password=\$(\w+)"', ROLES_SCRIPT))
    reached = {}
    for service in ("migrate", *OURS):
        url = urlsplit(resolved(SERVICES[service]["environment"]["DATABASE_URL"], **given))
        assert (url.hostname, url.port, url.path) == ("db", 5432, f"/{made['POSTGRES_DB']}")
        reached[service] = (url.username, url.password)
    owner, application = ((roles[role], made[words[role]]) for role in ("owner", "application"))
    assert reached == {"migrate": owner, "app": application, "worker": application}
    assert len({owner[0], application[0], made["POSTGRES_USER"]}) == 3
    assert len({owner[1], application[1], made["POSTGRES_PASSWORD"]}) == 3


def test_the_script_of_roles_is_where_the_database_s_container_looks_for_it() -> None:
    mounted = dict(volume.split(":")[:2] for volume in SERVICES["db"]["volumes"] if volume.startswith("./"))
    assert all((ROOT / path).is_file() for path in mounted)
    assert "/docker-entrypoint-initdb.d/roles.sh" in mounted.values()
    (script,) = re.findall(r"-f (\S+)", ROLES_SCRIPT)
    assert script in mounted.values()


def test_the_database_with_its_known_password_is_reachable_from_this_machine_alone() -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["db"]["ports"])
    published = resolved(SERVICES["db"]["ports"][0]).split(":")[1]
    assert published == str(urlsplit(str(Settings.model_fields["database_url"].default)).port)


def test_health_is_asked_at_an_address_that_exists_and_the_worker_of_itself() -> None:
    (address,) = re.findall(r"http://\S+?(?=')", SERVICES["app"]["healthcheck"]["test"][-1])
    assert urlsplit(address).port == int(SERVICES["app"]["command"][-1])
    assert urlsplit(address).path in application().openapi()["paths"]
    assert SERVICES["worker"]["healthcheck"]["test"][1:3] == ["python", "main.py"]
    said = CliRunner().invoke(command_line, ["worker", "--help"]).output
    assert SERVICES["worker"]["healthcheck"]["test"][3:] == ["worker", "--check"]
    assert "--check" in said


def test_the_owner_migrates_before_the_app_starts_and_the_worker_starts_after_it() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert SERVICES["app"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["worker"]["depends_on"] == {"app": {"condition": "service_healthy"}}
    assert all("healthcheck" in service for name, service in SERVICES.items() if name != "migrate")


@pytest.mark.parametrize("service", OURS)
def test_our_processes_are_nobody_special_and_write_into_folders_of_their_own(service: str) -> None:
    assert SERVICES[service]["read_only"]
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    mounted = dict(mount.split(":") for mount in SERVICES[service]["volumes"])
    assert set(mounted) <= set(COMPOSE["volumes"])
    assert DOCKERFILE.index("USER wangge") < DOCKERFILE.index("ENTRYPOINT")
    for variable in ("WANGGE_STATE_DIR", "WANGGE_CACHE_DIR", "NUMBA_CACHE_DIR"):
        assert f"{variable}={mounted['cache']}/" in DOCKERFILE
    assert service == "migrate" or f"WANGGE_ATTACHMENTS_DIR={mounted['attachments']}/" in DOCKERFILE


def test_the_image_installs_what_the_bootstrap_installs_to_print() -> None:
    (named,) = re.findall(r"apt-get install -y -qq --no-install-recommends (.+) \\", DOCKERFILE)
    assert all(package in BOOTSTRAP for package in named.split())


def test_the_image_is_built_from_what_the_repository_holds_and_nothing_local() -> None:
    left_out = set((ROOT / ".dockerignore").read_text().split())
    assert {".git", ".venv", ".wangge", "**/__pycache__"} <= left_out
    assert "pip install --no-cache-dir --require-hashes -r requirements.lock" in DOCKERFILE

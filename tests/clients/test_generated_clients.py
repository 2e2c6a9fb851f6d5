"""Clients that others' generators make of the OpenAPI document send a report and read its number, without a cast."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from api.app import create_app
from cli import node
from core.settings import Settings
from tests.described import application
from tests.factories.identity import issue_key
from tests.factories.serving import served_in_a_thread
from tests.missing import GENERATORS_DIR, needs_console, needs_generators

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).parent
PYTHON: Final = GENERATORS_DIR / "python" / "bin" / "python"
COMPILER: Final = {
    "compilerOptions": {
        "strict": True, "target": "es2022", "module": "nodenext", "lib": ["es2022", "dom"], "types": [],
        "skipLibCheck": True,
    },
    "files": ["send_report.ts"],
}  # fmt: skip


@pytest.fixture(scope="module")
def address_and_key(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve an application without boundaries, and a key that may send reports and read them."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="CRITICAL"))
    with app.state.services.database.transaction() as session:
        key = issue_key(session, name="clients", scopes=["reports:write", "reports:read"], channel="12345")
    with served_in_a_thread(app) as address:
        yield address, key


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Generate both clients side by side; return where they are, and what the generator for Python warned of."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "openapi.json").write_text(json.dumps(application().openapi()))
    (folder / "config.yml").write_text("post_hooks: []\n")
    (folder / "node_modules").symlink_to(node.WEB / "node_modules")
    python = [
        PYTHON, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--config", "config.yml",
        "--meta", "none", "--output-path", "wangge_client",
    ]  # fmt: skip
    typescript = [node.node(), "node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "wangge.d.ts"]
    started = [
        subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for words in (python, typescript)
    ]
    told = [process.communicate(timeout=240)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], told
    return folder, told[0]


def output_of(words: list[str | Path], folder: Path, **environment: str) -> Any:
    done = subprocess.run(
        words, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@needs_generators
@needs_console
def test_the_python_generator_leaves_out_no_schema_and_no_operation(generated: tuple[Path, str]) -> None:
    folder, told = generated
    document = application().openapi()
    assert "removal" not in told
    assert "Unable" not in told
    made = {file.stem for file in (folder / "wangge_client" / "api").glob("*/*.py")} - {"__init__"}
    assert made == {
        operation["operationId"] for operations in document["paths"].values() for operation in operations.values()
    }


@needs_generators
@needs_console
def test_a_python_client_sends_a_report_and_reads_its_number(
    generated: tuple[Path, str], address_and_key: tuple[str, str]
) -> None:
    words = [PYTHON, HERE / "send_report.py", *address_and_key]
    found = output_of(words, generated[0], PYTHONPATH=str(generated[0]))
    assert found["number"].startswith("SJ")
    assert found == {"number": found["number"], "read": found["number"], "areas": [], "problem": "body.reported_at"}


@needs_generators
@needs_console
def test_a_typescript_client_sends_a_report_and_reads_its_number(
    generated: tuple[Path, str], address_and_key: tuple[str, str]
) -> None:
    folder = generated[0]
    shutil.copy(HERE / "send_report.ts", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps(COMPILER))
    compiled = subprocess.run(
        [node.node(), "node_modules/typescript/bin/tsc", "-p", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert compiled.returncode == 0, compiled.stdout  # one wrong type in the script or the document ends here
    found = output_of([node.node(), "send_report.js", *address_and_key], folder)
    assert found["number"].startswith("SJ")
    assert found == {"number": found["number"], "read": found["number"], "areas": [], "problem": "body.reported_at"}

"""`console`: build the web console, and generate its types from the OpenAPI document."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import typer

from cli.cluster import console as terminal

app = typer.Typer(help="The web console.", no_args_is_help=True)


@app.command("build")
def build() -> None:
    """Build the console into web/dist, unless it is built from these sources already.

    Example: [bold]wangge console build[/]
    """
    from cli import node

    with terminal.status("building the console"):
        node.set_up(with_tests=False)
    typer.echo(f"the console is built: {node.BUILT}")


@app.command("types")
def types() -> None:
    """Generate the types of the operations that the console uses, from the OpenAPI document.

    Example: [bold]wangge console types[/]
    """
    from cli import console_types, node

    node.install(with_tests=True)
    document = console_types.used_document()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        code = node.run_node(
            ["node_modules/openapi-typescript/bin/cli.js", source, "-o", console_types.FILE, "--alphabetize"]
        )
    if not code:
        made = console_types.FILE.read_text(encoding="utf-8")
        console_types.FILE.write_text(console_types.heading(document) + made, encoding="utf-8")
    raise typer.Exit(code)

"""Entry point: `python main.py …` is the command line, `main:app` the ASGI application."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    app: FastAPI


def __getattr__(name: str) -> FastAPI:
    """Build the application when a server asks for `main:app`; a command does not pay for it."""
    if name == "app":
        gc.disable()  # a tenth of the time to start: all that loading makes stays
        from api.app import create_app  # noqa: PLC0415 (built on demand)

        app = create_app()
        gc.freeze()
        gc.enable()
        return app
    raise AttributeError(name)


if __name__ == "__main__":
    try:
        from cli import main

        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None

"""Every task of the queue, by its name in core.queue.TaskName; each calls one operation below."""

from __future__ import annotations

from procrastinate import Blueprint

blueprint = Blueprint()

"""A district whose orders come from a recorded platform on this machine: that of notifications, with its own file."""

from __future__ import annotations

from tests.governance.notifications.conftest import _quiet, later, office

__all__ = ["_quiet", "later", "office"]

"""The functions of the methods, loaded when a run needs them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from geo.hotspot.progress import Progress
from governance.hotspots.catalogue import ABOUT
from governance.hotspots.result_format import Result
from governance.hotspots.study.frame import Study

if TYPE_CHECKING:
    from governance.hotspots.catalogue import HotspotMethod

MethodFunction = Callable[[Study, Result, Progress | None], None]


def function_of(method: HotspotMethod) -> MethodFunction:
    """Return the function of a method: it takes the study, the result to fill in, and its progress."""
    module, _, name = ABOUT[method].function.partition(":")
    return cast("MethodFunction", getattr(import_module(f"governance.hotspots.methods.{module}"), name))

"""How a benchmark says what it found: the machine, the times, a ratio, and PASS or FAIL against the stated bound."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def machine() -> str:
    """Name the processor, the cores and the load: ratios are only comparable with these beside them."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "unknown processor",
    )
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def best_s(run: Callable[[], object], rounds: int) -> float:
    """Return the shortest of several rounds, in seconds of this process's processor time."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def verdict(name: str, value: float, bound: float, *, at_least: bool, unit: str = "") -> bool:
    """Print one result and whether it keeps the bound."""
    kept = value >= bound if at_least else value <= bound
    sign = ">=" if at_least else "<="
    print(f"{'PASS' if kept else 'FAIL'}  {name}: {value:,.2f}{unit} (wanted {sign} {bound:,g}{unit})")
    return kept

"""The coverage check in a confined process: `python -m grids.boundaries.checking`.

Two valid polygons can cross each other in more points than any memory holds: geometry from outside is intersected
where it can break nothing else. What goes in and out is pickled by this module alone.
"""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING

import shapely

from core import progress
from core.confinement import report_progress
from geo.coverage import check_layer
from grids.boundaries import confinement, scratch
from grids.boundaries.errors import FileTooLargeError

if TYPE_CHECKING:
    from geo.coverage import AreaSet, CoverageReport, LayerRules
    from grids.boundaries.files.limits import Limits

# So few cannot cross each other in more than a million points: not worth a process.
_HARMLESS_VERTICES = 2000


def check_confined(areas: AreaSet, rules: LayerRules, limits: Limits) -> CoverageReport:
    """Check a layer that came from outside.

    Raises
    ------
    FileTooLargeError, FileTooSlowError, ReadersBusyError
    """
    if shapely.get_num_coordinates(areas.geometries).sum() <= _HARMLESS_VERTICES:
        return check_layer(areas, rules, watch=progress.report)
    with confinement.slot(), scratch.folder("check") as folder:
        words = pickle.dumps((limits, areas, rules))
        done = confinement.run("grids.boundaries.checking", words, folder=folder, seconds=limits.seconds)
    if done.returncode:
        raise FileTooLargeError("The boundaries cross each other too often to be checked; correct or simplify them.")
    report: CoverageReport = pickle.loads(done.stdout)  # noqa: S301 (our own child's answer)
    return report


def main() -> int:
    """Confine this process, check, answer."""
    raw = sys.stdin.buffer.read()
    limits, areas, rules = pickle.loads(raw)  # noqa: S301 (our own parent's words)
    del raw
    confinement.confine(limits)
    try:
        report = check_layer(areas, rules, watch=report_progress)
    except MemoryError:
        return confinement.OUT_OF_MEMORY
    sys.stdout.buffer.write(pickle.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())

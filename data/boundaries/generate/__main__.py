"""Write the sample district: `python -m data.boundaries.generate [--into DIRECTORY]`."""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random

from . import areas, gazetteer, network, outline, partition, write, zones

SEED = 410_106
DATA = Path(__file__).resolve().parents[2]
SOURCE = DATA / "boundaries" / "source"


def generate(into: Path) -> None:
    """Write `boundaries/` and `gazetteer/` below `into`; the same seed gives the same bytes."""
    names = areas.read_names(SOURCE / "names.csv")
    district = outline.read(SOURCE / "outline_gcj02.geojson")
    roads = network.roads(district)
    cut = partition.partition(district, roads, Random(SEED))  # noqa: S311 - no secret, a reproducible drawing
    levels = areas.build(cut.grids, names, Random(SEED + 1))  # noqa: S311
    roads = gazetteer.with_streets(roads, cut.lanes, names)
    communities = [area for area in levels if area.level == "community"]
    numbers = gazetteer.number_rows(roads, communities, Random(SEED + 2))  # noqa: S311
    places, buildings = gazetteer.place_rows(levels, Random(SEED + 3))  # noqa: S311

    for folder in ("boundaries", "gazetteer"):
        (into / folder).mkdir(parents=True, exist_ok=True)
    write.geojson(into / "boundaries" / "shangjie.geojson", write.area_rows(levels))
    sanitation = zones.build([area for area in levels if area.level == "grid"])
    write.geojson(into / "boundaries" / "sanitation.geojson", write.area_rows(sanitation))
    write.geojson(into / "gazetteer" / "roads.geojson", gazetteer.road_rows(roads))
    write.geojson(into / "gazetteer" / "places.geojson", places)
    write.geojson(into / "gazetteer" / "addresses.geojson", [*numbers, *buildings])


def main() -> None:
    """Read the one option and generate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=DATA, help="directory to write to (default: data/)")
    generate(parser.parse_args().into)


if __name__ == "__main__":
    main()

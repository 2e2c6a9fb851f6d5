"""A hotspot method has the places that its guide names, and no other."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from governance.hotspots.catalogue import ABOUT, Finds, HotspotMethod, Parameters
from governance.hotspots.methods.registry import function_of
from governance.hotspots.policy.dated_policy import LEVEL, THRESHOLDS
from presentation.words.hotspots import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guides" / "hotspot-methods.md").read_text(encoding="utf-8")
#: A file elsewhere may treat one or two methods apart (topics are made of scans); a third is a list of methods.
MOST_ELSEWHERE = 2
#: Earlier formats of results name the methods of their time.
OF_THE_PAST = "governance/hotspots/result_format/upgrade.py"


def places() -> list[str]:
    """The files of the guide's table."""
    return re.findall(r"^\| \d \| `([^`]+)` \|", GUIDE, flags=re.MULTILINE)


def test_the_guide_names_at_most_five_files_that_are_there() -> None:
    found = places()
    assert 0 < len(found) <= 5
    modules = {about.function.partition(":")[0] for about in ABOUT.values()}
    for place in found:
        paths = [place.replace("<module>", module) for module in modules] if "<module>" in place else [place]
        assert all((ROOT / path.partition("<family>")[0]).exists() for path in paths), place


@pytest.mark.parametrize("method", list(HotspotMethod))
def test_each_method_has_its_function_its_entry_and_its_words(method: HotspotMethod) -> None:
    about = ABOUT[method]
    module, _, name = about.function.partition(":")
    function = function_of(method)
    assert (function.__module__, function.__name__) == (f"governance.hotspots.methods.{module}", name)
    assert "geo.hotspot" in (ROOT / "governance/hotspots/methods" / f"{module}.py").read_text(encoding="utf-8")
    wanted = {f"method/{method}{part}" for part in ("", "/words", "/asks", "/tests")}
    wanted |= {f"legend/{method}/{one.code}" for one in about.classes}
    wanted |= {f"basis/{method}"} if about.finds is Finds.CLUSTERS and about.tested else set()
    for language in CATALOGUE.languages:
        assert wanted <= CATALOGUE.sentences(language).keys()


def test_each_parameter_and_threshold_has_its_words() -> None:
    wanted = {f"parameter/{one.name}" for one in fields(Parameters)}
    wanted |= {f"threshold/{name}" for name in [*THRESHOLDS, LEVEL]}
    for language in CATALOGUE.languages:
        assert wanted <= CATALOGUE.sentences(language).keys()


def test_no_other_file_lists_the_methods() -> None:
    own = {place for place in places() if place.endswith(".py") and "<" not in place} | {OF_THE_PAST}
    names = {method.name for method in HotspotMethod}
    lists = {}
    for floor in ("governance", "presentation", "api", "cli", "spatial_jobs"):
        for path in (ROOT / floor).rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            if place in own:
                continue
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            used = {
                node.attr
                for node in tree
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "HotspotMethod"
                and node.attr in names
            }
            if len(used) > MOST_ELSEWHERE:
                lists[place] = sorted(used)
    assert lists == {"governance/hotspots/methods/density.py": ["DENSITY", "HDBSCAN", "ST_DBSCAN"]}

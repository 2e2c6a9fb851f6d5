"""Chinese stands in catalogues, in words that are looked for in what people send, and in samples; nowhere else."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("core", "geo", "identity", "grids", "governance", "migrations", "presentation", "api", "spatial_jobs", "cli")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

#: What reads texts, names and columns that people wrote: words that are looked for, never told.
READERS = {
    "core/csv_files.py": "the signs around units in a column's name",
    "core/personal/": "names, numbers and columns about people, to be masked",
    "geo/address/": "the grammar and the vocabulary of addresses",
    "geo/datum/crs.py": "names under which a datum is declared",
    "governance/cases/dispatch/table_files.py": "columns and times of a table of rules of dispatch",
    "governance/cases/importing/columns.py": "columns and words of old systems",
    "governance/cases/importing/reading.py": "signs between the names of files, and ratings in words",
    "governance/categories/table_files.py": "columns and values of a table of categories",
    "governance/grid_workers/rules.py": "columns of a register",
    "governance/hotspots/patrol_effort/rules.py": "columns and days of patrol records",
    "governance/hotspots/place_names.py": "kinds of committees, left out of names",
    "governance/hotspots/study/named_places.py": "signs between the names of places",
    "governance/hotspots/result_format/upgrade.py": "the sentences of results of earlier formats, turned into codes",
    "governance/reports/importing/columns.py": "columns of a ledger",
    "governance/reports/importing/rows.py": "rows that add others up (合计)",
    "governance/reports/sent_coordinates.py": "coordinates in words",
    "governance/reports/sent_marks.py": "marks of sensitive reports in words",
    "governance/reports/sent_times.py": "times in words",
    "governance/reports/side_values.py": "accuracies and pictures as they are sent",
    "governance/reports/spelling.py": "traditional characters in categories",
    "grids/assignment/files.py": "columns of a table of points",
    "grids/boundaries/files/columns.py": "columns of boundary files",
    "grids/boundaries/files/fields.py": "names of levels in boundary files",
    "grids/boundaries/files/text.py": "a sign by which the encoding of a file is known",
    "grids/boundaries/files/values.py": "blanks of other widths",
    "grids/change_sets/feature_queries.py": "what may hold a person, before it is masked",
    "grids/gazetteer/rules.py": "columns and house numbers of a gazetteer",
    "identity/sign_in/rules.py": "the bounds of the Chinese characters",
    "presentation/pages/responsibility_page.py": "kinds of committees, left out of names on the map",
    "presentation/prints/bulletin_picture.py": "signs that begin no line",
    "presentation/words/pages/__init__.py": "the mark by which a layer is known as a sample",
    "core/spreadsheet_writer.py": "signs that a spreadsheet would run as a formula",
    "identity/people/rules.py": "the name of who was erased, and the sign between a name and a staff number",
    "identity/people/table_files.py": "columns of a table of people",
    "identity/units/table_files.py": "columns of a table of units, and its words for kinds",
    "core/words.py": "docstring and bounds of the Chinese characters",
}
#: What is told beside its English in one place, and why no catalogue holds it.
PAIRS = {
    "grids/boundaries/files/delivery.py": "a note that is handed on with an export, to be read in either language",
    "grids/boundaries/files/writing.py": "the description in an exported file, to be read in either language",
}
#: Samples: the demonstration, examples in the OpenAPI document and in help, the issuer of the sample's notices.
SAMPLES = {
    "cli/demo/": "the demonstration",
    "api/": "examples and headings of the OpenAPI document",
    "cli/gazetteer.py": "an example in the help",
    "cli/grid_workers.py": "an example in the help",
    "cli/people.py": "columns of a table of people, in the help",
    "cli/units.py": "columns of a table of units, in the help",
    "cli/seats.py": "an example in the help",
    "cli/hotspots.py": "the issuer of the sample's notices",
}
#: Migrations are frozen with the words of their time.
FROZEN = {"migrations/versions/": "migrations", "migrations/steps_0054/": "what stood where words were erased"}
#: Where catalogues stand, one file a language; those of defects below presentation, as packages and errors need them.
CATALOGUES = ("presentation/words/", "cli/words/", "grids/boundaries/defect_words/")
EXCEPTIONS = READERS | PAIRS | SAMPLES | FROZEN


@cache
def files_with_chinese() -> tuple[str, ...]:
    """Return the files with Chinese in a text that is no docstring, but catalogues."""
    found = []
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            is_catalogue = place.startswith(CATALOGUES) and path.stem in {"zh", "en"}
            if not is_catalogue and any(CHINESE.search(text) for text in _texts(ast.parse(path.read_text()))):
                found.append(place)
    return tuple(sorted(found))


def _texts(tree: ast.Module) -> list[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    told = {
        id(node.value)
        for parent in ast.walk(tree)
        for field in ("body", "orelse")
        for node in (getattr(parent, field, None) or [] if isinstance(parent, (*documented, ast.If)) else [])
        if isinstance(node, ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def test_chinese_in_code_is_in_a_catalogue_or_has_a_reason_here() -> None:
    assert [place for place in files_with_chinese() if not place.startswith(tuple(EXCEPTIONS))] == []


def test_no_reason_is_left_over() -> None:
    found = files_with_chinese()
    assert [place for place in EXCEPTIONS if not any(file.startswith(place) for file in found)] == []


def test_templates_scripts_and_styles_hold_no_chinese() -> None:
    files = [path for ending in ("html", "js", "css") for path in (ROOT / "presentation").rglob(f"*.{ending}")]
    assert files
    assert [path.name for path in files if CHINESE.search(path.read_text(encoding="utf-8"))] == []

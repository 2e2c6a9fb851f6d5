"""A further language: one file beside those of each catalogue."""

from __future__ import annotations

import importlib
import json
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core import words
from core.words import FIRST_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from core.words import Catalogue


@contextmanager
def one_more_language(catalogues: Sequence[Catalogue], folder: Path, tag: str = "qq") -> Iterator[str]:
    """Add one file to each catalogue, a language whose sentences are their codes with their values; yield its tag."""
    for number, catalogue in enumerate(catalogues):
        beside = folder / str(number)
        beside.mkdir()
        sentences = {
            code: " ".join([f"<{code}>", *re.findall(r"\{\w[^}]*\}", text)])
            for code, text in catalogue.sentences(FIRST_LANGUAGE).items()
        }
        (beside / f"{tag}.py").write_text(f"SEPARATOR = ' + '\nSENTENCES = {json.dumps(sentences)}\n")
        importlib.import_module(catalogue.package).__path__.append(str(beside))
    words._load.cache_clear()  # noqa: SLF001 (catalogues are read once)
    importlib.invalidate_caches()
    try:
        yield tag
    finally:
        for catalogue in catalogues:
            importlib.import_module(catalogue.package).__path__.pop()
            sys.modules.pop(f"{catalogue.package}.{tag}", None)
        words._load.cache_clear()  # noqa: SLF001

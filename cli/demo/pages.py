"""What a planner takes away from the demonstration: the month's pages as files that open anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cli.demo.flagging import Flagged


class PageMissingError(DomainError):
    """The application did not give a page of the demonstration."""

    code = "demo-page-missing"
    kind = Kind.UNAVAILABLE


def links(flagged: Sequence[Flagged], as_of: str) -> list[tuple[str, str]]:
    """Name the maps of the sample's last day and month, and where the application serves them."""
    *before, last = flagged
    beside = f"&beside={before[-1].run}" if before else ""
    page, asks = f"/v1/maps/hotspots.html?run={last.run}", "(asks for the planner's key)"
    return [
        (f"hotspot map of {last.month:%Y-%m} {asks}", page),
        (f"{last.month:%Y-%m} beside the month before {asks}", f"{page}{beside}"),
        ("responsibility map on the last day of the sample", f"/v1/maps/responsibility.html?at={as_of}"),
    ]


def save(base: str, flagged: Sequence[Flagged], as_of: str, folder: Path, key: str) -> list[Path]:
    """Write the maps and, with a planner's key, the month's notice into a folder; each holds all it needs.

    Raises
    ------
    PageMissingError
        When the application does not give one.
    """
    month = f"{flagged[-1].month:%Y-%m}"
    names = (f"hotspots-{month}.html", f"hotspots-{month}-compared.html", "responsibility.html")
    wanted = dict(zip(names, (path for _, path in links(flagged, as_of)), strict=True))
    wanted[f"notice-{month}.pdf"] = f"/v1/hotspots/runs/{flagged[-1].run}/notice.pdf"
    wanted["topics.html"] = "/v1/hotspots/topics.html"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with httpx2.Client(base_url=base, timeout=600) as client:
        for name, path in wanted.items():
            response = client.get(path, headers={"X-API-Key": key})
            if not response.is_success:
                raise PageMissingError(
                    "{path}: {status_code} {text}",
                    values={"path": path, "status_code": response.status_code, "text": response.text[:300]},
                )
            (folder / name).write_bytes(response.content)
            written.append(folder / name)
    return written

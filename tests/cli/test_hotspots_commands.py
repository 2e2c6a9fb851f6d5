"""`hotspots methods` lists what a run can be asked."""

from __future__ import annotations

from typer.testing import CliRunner

from cli.hotspots import app
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.study.parameters import described


def test_methods_and_parameters_are_listed_by_their_names() -> None:
    said = CliRunner().invoke(app, ["methods"])
    assert said.exit_code == 0
    for name in [*map(str, HotspotMethod), *(parameter["name"] for parameter in described())]:
        assert name in said.output

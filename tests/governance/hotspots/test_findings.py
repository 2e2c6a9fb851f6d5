"""Findings of a run: each method's, numbered as on the map, with grounds that read in every language."""

from __future__ import annotations

import pytest

from governance.hotspots.catalogue import ABOUT, Finds, HotspotMethod, class_of
from governance.hotspots.findings import FindingKind, findings_of, group_places, legend_of, significant_places
from presentation.words.hotspots import CATALOGUE, class_words, message_of
from tests.factories import hotspot_results as make


@pytest.mark.parametrize("method", list(HotspotMethod))
def test_each_method_has_findings_with_title_label_and_grounds_in_every_language(method: HotspotMethod) -> None:
    result = make.result_of(method)
    found = findings_of(result)
    assert {one.method for one in found} == {method}
    expected = [one.code for one in ABOUT[method].classes if one.is_finding]
    if ABOUT[method].finds is Finds.UNITS:
        assert {one.found for one in found} == {class_of(method, code.partition("/")[0], 0.0005) for code in expected}
    else:
        assert len(found) == 1
    for language in CATALOGUE.languages:
        for one in found:
            assert message_of(one.title, language)
            assert message_of(one.label, language)
            assert one.grounds
            assert all(message_of(ground, language) for ground in one.grounds)
        for entry in legend_of(result, method):
            assert class_words(method, entry.legend.code, language)


@pytest.mark.parametrize("method", list(HotspotMethod))
def test_a_legend_counts_what_is_in_each_class(method: HotspotMethod) -> None:
    result = make.result_of(method)
    places = {Finds.CLUSTERS: result.clusters, Finds.UNITS: result.units, Finds.WARNINGS: result.series}
    assert sum(entry.count for entry in legend_of(result, method)) == len(places[ABOUT[method].finds])
    other = next(m for m in HotspotMethod if m != method)
    assert legend_of(result, other) == []


def test_significant_places_come_first_then_series_units_and_patches() -> None:
    result = make.result(
        clusters=[
            make.cluster(HotspotMethod.DENSITY),
            make.cluster(HotspotMethod.SCAN, 1, areas=make.GRIDS[3:4], category="积水", adjusted_p=0.01),
            make.cluster(HotspotMethod.SCAN),
        ],
        series=[make.series()],
        units=make.result_of(HotspotMethod.GI).units,
    )
    found = findings_of(result)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    kinds = [(one.kind, one.tested) for one in found]
    assert kinds[:3] == [(FindingKind.PLACE, True), (FindingKind.PLACE, True), (FindingKind.SERIES, True)]
    assert kinds[-1] == (FindingKind.PLACE, False)
    assert [one.number for one in significant_places(result)] == [1, 2]
    assert [message_of(one.title) for one in significant_places(result)] == [
        "济源路街道第0社区一带占道经营",
        "济源路街道第1社区一带积水",
    ]


def test_clusters_of_one_category_that_share_an_area_are_one_place_households_last() -> None:
    a, b, c = make.GRIDS[:3]
    clusters = [
        make.cluster(HotspotMethod.POPULATION, areas=[a], adjusted_p=1e-9),
        make.cluster(HotspotMethod.CONCENTRATION, areas=[a, b], adjusted_p=0.01),
        make.cluster(HotspotMethod.SCAN, areas=[b, c], adjusted_p=0.001),
        make.cluster(HotspotMethod.SCAN, areas=[c], category="积水"),
    ]
    grouped = [[cluster.method for cluster in group] for group in group_places(clusters)]
    assert grouped == [
        [HotspotMethod.SCAN],
        [HotspotMethod.SCAN, HotspotMethod.CONCENTRATION, HotspotMethod.POPULATION],
    ]


def test_how_sure_a_unit_is_decides_its_class_where_the_legend_has_one() -> None:
    assert [class_of(HotspotMethod.GI, "hot", q) for q in (0.0005, 0.001, 0.005, 0.04, None)] == [
        "hot/very_sure",
        "hot/very_sure",
        "hot/sure",
        "hot",
        "hot",
    ]
    assert class_of(HotspotMethod.GI, "cold", 0.0001) == "cold"
    assert class_of(HotspotMethod.MORAN, "high-high", 0.0001) == "high-high"

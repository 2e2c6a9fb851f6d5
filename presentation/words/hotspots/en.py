"""The words of hotspots in English."""

from __future__ import annotations

SEPARATOR = ", "

SENTENCES: dict[str, str] = {
    "method/density": "Dense areas (DBSCAN)",
    "method/density/words": (
        "Where reports lie so close together, within a fixed distance, that they form a patch. Dense is not "
        "tested against chance; stability is the degree to which resampling finds the patch again."
    ),
    "method/density/asks": "Where do reports lie close together, within a fixed distance?",
    "method/density/tests": "No: dense is not the same as more than chance. Stability is shown instead.",
    "method/hdbscan": "Dense areas by hierarchy (HDBSCAN)",
    "method/hdbscan/words": (
        "Without a fixed distance: places of different density each form patches at their own density. Not tested "
        "against chance."
    ),
    "method/hdbscan/asks": "Where do reports lie closer together than around them, at whatever distance?",
    "method/hdbscan/tests": "No: dense is not the same as more than chance. Stability is shown instead.",
    "method/st_dbscan": "Dense in space and time (ST-DBSCAN)",
    "method/st_dbscan/words": "Patches of reports that are near in place and in date. Not tested against chance.",
    "method/st_dbscan/asks": "Where do reports lie close together in space and in time?",
    "method/st_dbscan/tests": "No: dense is not the same as more than chance. Stability is shown instead.",
    "method/gi": "Hot and cold units (Gi*)",
    "method/gi/words": (
        "The unit with its neighbours has clearly more (fewer) than the whole on average; adjusted for multiple "
        "tests by the false discovery rate."
    ),
    "method/gi/asks": "Which units, with their neighbours, are above or below the whole?",
    "method/gi/tests": "Yes: as many permutations as the decision needs, false discovery rate over all units.",
    "method/moran": "High, low and outlying units (local Moran)",
    "method/moran/words": (
        "High beside high and low beside low are clusters; a high unit among low ones (or the reverse) is an "
        "outlier. Adjusted for multiple tests by the false discovery rate."
    ),
    "method/moran/asks": "Which units are like their neighbours, and which stand out against them?",
    "method/moran/tests": "Yes: as many permutations as the decision needs, false discovery rate over all units.",
    "method/concentration": "Concentration of a category (Bernoulli scan)",
    "method/concentration/words": (
        "The share of a category is higher inside the circle than outside; the grids inside are what is tested, "
        "the circle only shows them."
    ),
    "method/concentration/asks": "Where is the share of one category higher than elsewhere?",
    "method/concentration/tests": "Yes: Monte Carlo over all zones, times the number of categories.",
    "method/population": "More than households explain (Poisson scan)",
    "method/population/words": (
        "There is more of a category per household (or area, or road length) inside the circle than outside; "
        "where people like to report, a place is high for that alone."
    ),
    "method/population/asks": (
        "Where is there more of one category per household (per km², per road km) than elsewhere?"
    ),
    "method/population/tests": "Yes: Monte Carlo over all zones, times the number of categories.",
    "method/scan": "Clusters in space and time (permutation scan)",
    "method/scan/words": (
        "At a place, within some days, there was more of a category than place and days each let expect."
    ),
    "method/scan/asks": "Where and when was there more of one category than place and time alone explain?",
    "method/scan/tests": (
        "Yes: Monte Carlo over all zones and spans, times the number of categories; kinds of day as strata."
    ),
    "method/emerging": "Development (emerging hot spots)",
    "method/emerging/words": (
        "Each unit's history of heat, step by step, in types: new, consecutive, intensifying, persistent, "
        "diminishing, sporadic, oscillating, historical."
    ),
    "method/emerging/asks": "How has each unit's heat developed, step by step? (17 types)",
    "method/emerging/tests": "Yes: false discovery rate over all units and steps; Mann-Kendall trend.",
    "method/warning": "Same-period warning",
    "method/warning/words": (
        "Streets and categories with clearly more reports than the same kind of days before let expect."
    ),
    "method/warning/asks": "Which street has more of which category than on the same days before?",
    "method/warning/tests": "Yes: quasi-Poisson prediction, false discovery rate over all series.",
    "legend/emerging/NEW_HOT": "new hot spot",
    "legend/emerging/NEW_HOT/words": "significantly high in the last period only, never before",
    "legend/emerging/CONSECUTIVE_HOT": "consecutive hot spot",
    "legend/emerging/CONSECUTIVE_HOT/words": (
        "one unbroken run of high periods up to the last, never before, fewer than 90 % of all"
    ),
    "legend/emerging/INTENSIFYING_HOT": "intensifying hot spot",
    "legend/emerging/INTENSIFYING_HOT/words": "high in at least 90 % of periods with the last, and rising",
    "legend/emerging/PERSISTENT_HOT": "persistent hot spot",
    "legend/emerging/PERSISTENT_HOT/words": "high in at least 90 % of periods with the last, without a trend",
    "legend/emerging/DIMINISHING_HOT": "diminishing hot spot",
    "legend/emerging/DIMINISHING_HOT/words": "high in at least 90 % of periods with the last, and falling",
    "legend/emerging/SPORADIC_HOT": "sporadic hot spot",
    "legend/emerging/SPORADIC_HOT/words": "high in the last period, on and off before, fewer than 90 %, never low",
    "legend/emerging/OSCILLATING_HOT": "oscillating hot spot",
    "legend/emerging/OSCILLATING_HOT/words": (
        "high in the last period, significantly low before, high in fewer than 90 %"
    ),
    "legend/emerging/HISTORICAL_HOT": "historical hot spot",
    "legend/emerging/HISTORICAL_HOT/words": "not high in the last period, but in at least 90 % of all",
    "legend/emerging/NEW_COLD": "new cold spot",
    "legend/emerging/NEW_COLD/words": "significantly low in the last period only, never before",
    "legend/emerging/CONSECUTIVE_COLD": "consecutive cold spot",
    "legend/emerging/CONSECUTIVE_COLD/words": (
        "one unbroken run of low periods up to the last, never before, fewer than 90 % of all"
    ),
    "legend/emerging/INTENSIFYING_COLD": "intensifying cold spot",
    "legend/emerging/INTENSIFYING_COLD/words": "low in at least 90 % of periods with the last, and getting lower",
    "legend/emerging/PERSISTENT_COLD": "persistent cold spot",
    "legend/emerging/PERSISTENT_COLD/words": "low in at least 90 % of periods with the last, without a trend",
    "legend/emerging/DIMINISHING_COLD": "diminishing cold spot",
    "legend/emerging/DIMINISHING_COLD/words": "low in at least 90 % of periods with the last, and getting less low",
    "legend/emerging/SPORADIC_COLD": "sporadic cold spot",
    "legend/emerging/SPORADIC_COLD/words": "low in the last period, on and off before, fewer than 90 %, never high",
    "legend/emerging/OSCILLATING_COLD": "oscillating cold spot",
    "legend/emerging/OSCILLATING_COLD/words": (
        "low in the last period, significantly high before, low in fewer than 90 %"
    ),
    "legend/emerging/HISTORICAL_COLD": "historical cold spot",
    "legend/emerging/HISTORICAL_COLD/words": "not low in the last period, but in at least 90 % of all",
    "legend/emerging/NONE": "none of these types",
    "legend/emerging/NONE/words": "none of the patterns",
    "legend/density/found": "reports lie close together",
    "legend/hdbscan/found": "denser than around it",
    "legend/st_dbscan/found": "dense in place and in days",
    "legend/concentration/found": "the share of the category is clearly higher than elsewhere",
    "legend/population/found": "clearly more per household (area, road) than elsewhere",
    "legend/scan/found": "clearly more in these days than usual at this place",
    "legend/gi/hot/very_sure": "significantly high, very sure (q ≤ 0.001)",
    "legend/gi/hot/sure": "significantly high, sure (q ≤ 0.01)",
    "legend/gi/hot": "significantly high (q within the level)",
    "legend/gi/cold": "significantly low",
    "legend/gi/none": "may differ by chance alone",
    "legend/moran/high-high": "high–high: many here and around",
    "legend/moran/low-low": "low–low: few here and around",
    "legend/moran/high-low": "high–low: many here, few around (a lone peak)",
    "legend/moran/low-high": "low–high: few here, many around",
    "legend/moran/none": "may differ by chance alone",
    "legend/warning/alarm/very_sure": "some category significantly high, very sure (q ≤ 0.001)",
    "legend/warning/alarm/sure": "some category significantly high, sure (q ≤ 0.01)",
    "legend/warning/alarm": "some category significantly high (q within the level)",
    "legend/warning/calm": "every category within its usual range",
    "legend/warning/not_judged": "too little past to judge",
    "legend/explained": "{label}: {words}",
    "title/category_at": "{category}: {place}",
    "title/all_at": "All categories: {place}",
    "title/as_written": "{text}",
    "title/category": "{category}",
    "title/all": "All categories",
    "place/around_in": "around {community}, {street}",
    "place/around": "around {community}",
    "place/area": "{area}",
    "unit/grid": "grids",
    "unit/hexagon": "hexagons",
    "unit/near": "near {area}",
    "basis/concentration": "the share elsewhere lets expect",
    "basis/population": "households (area, roads) let expect",
    "basis/scan": "place and days let expect",
    "ground/more_than_expected": "{observed} reports observed; {basis} {expected:.1f}.",
    "ground/chance": (
        "Chance alone gives such a cluster with a probability {probability} (adjusted for the number of scans)."
    ),
    "ground/relative_risk": "{times:.1f} times as much as outside.",
    "ground/only_inside": "Outside there is nothing of this category.",
    "ground/recurrence": "Chance alone gives as strong a signal once in {days:.0f} days on average.",
    "ground/also_found": (
        "{method} found the same: {first} to {last}, {observed} reports, {expected:.1f} expected, adjusted p "
        "{probability}."
    ),
    "ground/dense": "{observed} reports. They lie close together; whether by chance is not tested.",
    "ground/stability": "Stability {stability:.2f} ({grade}).",
    "ground/above_past": (
        "{observed} reports; the same days of the past let expect {expected:.1f}, as a rule at most {upper:.1f}."
    ),
    "ground/chance_without_change": "Without a change, so many come with a probability {probability}.",
    "ground/steps": "Of {steps} steps {high} were significantly high, {low} significantly low.",
    "ground/unit_reports": "Reports in the period: {reports}.",
    "ground/unit_rate": "{rate:.4g} reports {per}.",
    "ground/unit_tested": "z {z:.2f}, adjusted q {probability}.",
    "probability/below": "below {bound:g}",
    "probability/about": "about {probability:.2g}",
    "probability/is_about": "about {value}",
    "rate/reports": "{rate:.2f} reports",
    "rate/households": "Per hundred households",
    "rate/km2": "Per square kilometre",
    "rate/road_km": "Per kilometre of road",
    "report/ending": "number ending in {number}",
    "account/all": "Reports read since {since}: {reports}{aside}; analysed: {incidents}{notes}.{unknown}",
    "account/aside": " ({parts})",
    "account/between": ", ",
    "account/on_pile_ups": "on default coordinates, set aside: {count}",
    "account/repeat_calls": "repeated calls, merged: {count}",
    "account/notes_of_calls": "quick notes of calls, merged: {count}",
    "account/patrol": "of patrols, counted apart: {count}",
    "account/sensors": "of sensors, counted apart: {count}",
    "account/without_point": "without coordinates: {count}",
    "account/quick_notes": " (quick notes among them: {count})",
    "account/without_caller": " {share:.0%} of the calls name no caller and are merged by place and time.",
    "stability/stable": "stable",
    "stability/fair": "fair",
    "stability/unstable": "unstable: resampling mostly dissolves it",
    "note/of_method": "{method}: {note}",
    "note/as_written": "{text}",
    "note/calendar_unknown": (
        "Days off: the arrangement of {years} is not known; its days are taken for ordinary days of the week."
    ),
    "note/category_without_reports": "There is no report of the category '{category}': check the name.",
    "note/channel_silent": (
        "Channel '{channel}' has no report since {since}; by its mean until then about {missing} are missing, and the "
        "counts of the period are too low for that."
    ),
    "note/channel_too_new": (
        "Channel '{channel}' has reports since {since} only; its {reports} of the period were not compared with the "
        "past."
    ),
    "note/compared_per": "Compared {per}; the figure is known of every grid.",
    "note/compared_per_except": "Compared {per}; {left_out} grids without the figure were not compared.",
    "note/decided_by_z": (
        "{many} tests ({unit}); {replicates} permutations cannot reach {level:g} after adjustment, so the "
        "analytic z value decides."
    ),
    "note/effort_missing": (
        "Channel '{channel}' has {days} days without recorded patrol effort: its {findings} patrol findings are "
        "kept apart, without adjustment."
    ),
    "note/effort_used": (
        "{findings} patrol findings of channel '{channel}' are counted, adjusted for {amount:.0f} {measure} of patrols."
    ),
    "note/effort_used_except": (
        "{findings} patrol findings of channel '{channel}' are counted, adjusted for {amount:.0f} {measure} of "
        "patrols; {left_out} in grids without effort that week are kept apart."
    ),
    "note/exposure_unknown": "The figures for a rate {per} are not known: not judged.",
    "note/false_discovery": (
        "{many} tests ({unit}), adjusted after Benjamini and Hochberg: of the units marked, at most {level:.0%} "
        "are expected to be false."
    ),
    "note/findings_apart_in_hexagons": "By hexagon, patrol findings are kept apart, without adjustment.",
    "note/history_too_short": "The history has fewer than {least_steps} steps: not judged.",
    "note/holidays_as_weekends": (
        "The period has public holidays and the past has too few: they are compared with weekends. An alarm may "
        "be due to the holidays alone."
    ),
    "note/no_reports": "{start} to {end} there is no report to analyse: not judged.",
    "note/no_reports_in_period": "There is no report to analyse in the period, {start} to {end}.",
    "note/judged_by_cusum": (
        "{series} series have fewer than {least_days} days on record before the period: judged by a cumulative sum "
        "(CUSUM) and exchanges of days."
    ),
    "note/more_permutations": (
        "{many} tests ({unit}); {replicates} permutations cannot reach {level:g} after adjustment, so up to {drawn:,} "
        "were drawn where p is small."
    ),
    "note/no_topics": "This run makes no topics: {reasons}.",
    "note/past_too_short": "The past has fewer than {least_days} days: not judged.",
    "note/period_not_over": "{days} days of the period are still to come; counted up to {until}.",
    "note/rates_compared": "Standardised rates {per} are compared.",
    "note/rates_compared_except": (
        "Standardised rates {per} are compared; without the figure and left out: {left_out} ({unit})."
    ),
    "note/record_too_short": (
        "{series} series have fewer than {least_days} days on record before the period (the earliest since {since}) "
        "and were not judged: {categories}."
    ),
    "note/scans_adjusted": (
        "{categories} categories were scanned one by one; p-values are multiplied by {categories} (Bonferroni), "
        "and only clusters at or below {level:g} after that are listed."
    ),
    "note/series_judged": (
        "{series} series (street × category), of which {judged} have enough past to compare with; adjusted by the "
        "false discovery rate."
    ),
    "note/too_few_reports": "No category reaches {least_reports} reports: not judged.",
    "note/unequal_land": (
        "The land of the units ({unit}) differs much, {least_ha:g} to {most_ha:g} ha, and counts were compared: where "
        "reports lie equally dense, large units have more. What is marked does not mean that reports lie denser; ask "
        "for a rate per household, km² or road km (rate_per)."
    ),
    "note/unequal_land_no_rates": (
        "The land of the units ({unit}) differs much, {least_ha:g} to {most_ha:g} ha, and this method compares counts: "
        "where reports lie equally dense, large units have more. Look at the rates of cold and hot areas beside it."
    ),
    "unfit/not_a_month": "it is not one whole calendar month",
    "unfit/not_over": "its month was not over when it was requested",
    "unfit/filtered": "it looks at some areas or categories only",
    "unfit/methods": "it lacks one of the methods concentration, scan and warning",
    "unfit/level": "it is not of the layer's finest level",
    "unfit/no_data": "it holds no reports of its month",
    "left_out/households_unknown": "households not known",
    "left_out/no_road": "the gazetteer has no road here (less than {least_m:g} m)",
    "left_out/zero": "zero",
    "per/households": "per household",
    "per/km2": "per square kilometre",
    "per/road_km": "per kilometre of road",
    "measure/hours": "hours",
    "measure/km": "km",
    "parameter/history_days": "Days of reports read, back from the end of the period.",
    "parameter/pile_up_reports": "One point with so many reports ...",
    "parameter/pile_up_share": "... and so large a share of all is taken for a default geocode.",
    "parameter/repeat_days": "Calls of one person about one category within so many days ...",
    "parameter/repeat_distance_m": "... and metres count once.",
    "parameter/patrol": "What patrols found is kept apart, or counted against their recorded effort.",
    "parameter/level": "Level of every decision, after adjusting for how many were made.",
    "parameter/replicates": "Monte Carlo replicates and permutations.",
    "parameter/unit": "Unit of gi, moran and emerging: the run's areas, or hexagons.",
    "parameter/hexagon_edge_m": "Edge of a hexagon.",
    "parameter/rate_per": "gi and moran look at counts (none) or at rates per household, km2, road km.",
    "parameter/density_eps_m": "density, st_dbscan: reports so near are neighbours.",
    "parameter/density_min_reports": "density, st_dbscan: so many neighbours make a dense place.",
    "parameter/density_days": "st_dbscan: neighbours are at most so many days apart.",
    "parameter/density_alpha_m": "Outline as an alpha shape of this radius; 0 draws the hull.",
    "parameter/density_resamples": "Bootstrap samples for the stability of clusters; 0 leaves it out.",
    "parameter/hdbscan_min_reports": "hdbscan: smallest cluster.",
    "parameter/scan_days": "scan: days looked at, back from the end of the period.",
    "parameter/scan_radius_m": "scan: largest circle.",
    "parameter/scan_window_days": "scan: longest span.",
    "parameter/scan_min_reports": "Scans leave out categories with fewer reports.",
    "parameter/scan_prospective": "scan: 1 asks only for clusters alive at the end, with recurrence interval.",
    "parameter/scan_zones": "Scans look at circles, or at neighbouring areas.",
    "parameter/scan_steps": "Zones of neighbouring areas: so many borders from the centre at most.",
    "parameter/concentration_radius_m": "concentration, population: largest circle.",
    "parameter/population_per": "population: what reports are compared with.",
    "parameter/emerging_step_days": "emerging: length of a step.",
    "parameter/emerging_steps": "emerging: number of steps, back from the end of the period.",
    "threshold/high_frequency_per_30_days": "High-frequency: at least so many reports in thirty days",
    "threshold/high_frequency_share": "High-frequency: at least this share of all reports",
    "threshold/common_reports_per_area": "Common: at least so many reports for an area to count",
    "threshold/common_area_share": "Common: at least this share of all areas have it",
    "threshold/concentrated_p": "Concentrated: adjusted p value at most",
    "threshold/hot_q": "Hot: false discovery rate against the same period at most",
    "threshold/grown_by": "Change of reports a day beyond which a topic grew or shrank",
    "threshold/same_place_share": "Taken for the same place: at least this share of the smaller one's grids",
    "threshold/gone_after_runs": "Gone after so many periods below the standard",
    "threshold/common_area_level": "Common: level of the areas that are counted",
    "trend/most": "at most {reports} in {days} days",
    "trend/most_a_week": "at most {reports} a week",
}

"""The words of hotspots in Chinese."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "method/density": "密集区（DBSCAN）",
    "method/density/words": (
        "上报点在固定距离内彼此靠近而成片的地方。只说密不密，不检验是否偶然；稳定度是重复抽样后仍能找到它的程度。"
    ),
    "method/density/asks": "在固定距离内，哪里的上报彼此靠近？",
    "method/density/tests": "否：密集不等于超出偶然，另给出稳定度。",
    "method/hdbscan": "层次密集区（HDBSCAN）",
    "method/hdbscan/words": "不设固定距离，疏密不同的地方各按自身的疏密成片。只说密不密，不检验是否偶然。",
    "method/hdbscan/asks": "不论远近，哪里的上报比周围更密？",
    "method/hdbscan/tests": "否：密集不等于超出偶然，另给出稳定度。",
    "method/st_dbscan": "时空密集区（ST-DBSCAN）",
    "method/st_dbscan/words": "地点相近、日期也相近的上报连成的片。只说密不密，不检验是否偶然。",
    "method/st_dbscan/asks": "哪里的上报在地点和时间上都靠近？",
    "method/st_dbscan/tests": "否：密集不等于超出偶然，另给出稳定度。",
    "method/gi": "冷热区（Gi*）",
    "method/gi/words": "本单元与相邻单元合计明显多于（少于）全域平均；已按错误发现率校正多重检验。",
    "method/gi/asks": "哪些单元连同相邻单元高于或低于全域？",
    "method/gi/tests": "是：按判定所需的次数作置换，全部单元按错误发现率校正。",
    "method/moran": "高低聚集与异常（局部莫兰）",
    "method/moran/words": "高与高、低与低相邻为聚集；本单元高而四周低（或相反）为异常。已按错误发现率校正多重检验。",
    "method/moran/asks": "哪些单元与四周相近，哪些与四周相反？",
    "method/moran/tests": "是：按判定所需的次数作置换，全部单元按错误发现率校正。",
    "method/concentration": "事项区域集中（伯努利扫描）",
    "method/concentration/words": "某类事项在圈内的占比高于圈外；圈内各网格是检验对象，圈只是示意。",
    "method/concentration/asks": "哪里某类事项的占比高于别处？",
    "method/concentration/tests": "是：对全部扫描圈作蒙特卡洛检验，再乘以事项类数。",
    "method/population": "相对户数偏多（泊松扫描）",
    "method/population/words": "某类事项按户数（或面积、道路长度）算，圈内高于圈外；愿意上报的人多，也会使一处偏高。",
    "method/population/asks": "按每户（每平方公里、每公里道路）算，哪里某类事项多于别处？",
    "method/population/tests": "是：对全部扫描圈作蒙特卡洛检验，再乘以事项类数。",
    "method/scan": "时空聚集（时空重排扫描）",
    "method/scan/words": "某类事项在某处、某段时间内多于该处与该时段各自应有的件数。",
    "method/scan/asks": "何时何地某类事项多于该处与该时段各自应有的件数？",
    "method/scan/tests": "是：对全部扫描圈与时段作蒙特卡洛检验，再乘以事项类数；按日子种类分层。",
    "method/emerging": "演变类型（新兴热点）",
    "method/emerging/words": "按周把各单元的冷热历史归类：新增、连续、加强、持续、减弱、零星、振荡、历史。",
    "method/emerging/asks": "各单元的冷热逐段如何变化？（17 种类型）",
    "method/emerging/tests": "是：全部单元与时段按错误发现率校正；Mann-Kendall 趋势检验。",
    "method/warning": "同期预警",
    "method/warning/words": "本期件数与往期同样日子的预期相比，显著偏多的街道与事项。",
    "method/warning/asks": "哪个街道的哪类事项多于往期同样日子？",
    "method/warning/tests": "是：准泊松预测，全部序列按错误发现率校正。",
    "note/of_method": "{method}：{note}",
    "note/as_written": "{text}",
    "note/calendar_unknown": "节假日：{years} 年的放假安排未知，该年各日按普通星期看待。",
    "note/compared_per": "按{per}比较，各网格均有这个数。",
    "note/compared_per_except": "按{per}比较；{left_out} 个网格没有这个数，未参与比较。",
    "note/decided_by_z": (
        "{many} 个{unit}同时检验，{replicates} 次置换不足以在校正后达到 {level:g}，改用解析 z 值判定。"
    ),
    "note/effort_missing": "渠道“{channel}”有 {days} 天没有巡查工时记录，其 {findings} 件巡查发现仍另计，未作校正。",
    "note/effort_used": "渠道“{channel}”的 {findings} 件巡查发现已计入，按巡查 {amount:.0f} {measure}校正。",
    "note/effort_used_except": (
        "渠道“{channel}”的 {findings} 件巡查发现已计入，按巡查 {amount:.0f} {measure}校正；"
        "{left_out} 件所在网格当周没有工时，仍另计。"
    ),
    "note/exposure_unknown": "没有“{per}”所需的数，未作判断。",
    "note/false_discovery": (
        "{many} 个{unit}同时检验，按 Benjamini-Hochberg 校正，标出的{unit}中误报的期望占比不超过 {level:.0%}。"
    ),
    "note/findings_apart_in_hexagons": "按六边形时巡查发现仍另计，未作校正。",
    "note/history_too_short": "历史不足 {least_steps} 步，未作判断。",
    "note/holidays_as_weekends": "本期有法定假日，往期假日太少，按周末水平比较；警报可能只是假日所致。",
    "note/more_permutations": (
        "{many} 个{unit}同时检验，{replicates} 次置换不足以在校正后达到 {level:g}，"
        "p 值小的{unit}已加做至 {drawn:,} 次置换。"
    ),
    "note/past_too_short": "往期不足 {least_days} 天，未作判断。",
    "note/rates_compared": "按{per}的率（标准化）比较。",
    "note/rates_compared_except": "按{per}的率（标准化）比较，{left_out} 个{unit}没有这个数。",
    "note/scans_adjusted": (
        "对 {categories} 类事项分别扫描，p 值已乘以 {categories}（Bonferroni），只列出校正后不超过 {level:g} 的聚集。"
    ),
    "note/series_judged": "{series} 个序列（街道 × 事项），其中 {judged} 个往期足以比较，按错误发现率校正。",
    "note/too_few_reports": "没有一类事项达到 {least_reports} 件，未作判断。",
    "note/unequal_land": (
        "各{unit}面积相差较大（{least_ha:g} 至 {most_ha:g} 公顷），本次按件数比较：上报密度相同时，"
        "面积大的{unit}也会偏高，"
        "所标结果不能说明上报更密；请改按户数、面积或道路的率比较（rate_per）。"
    ),
    "note/unequal_land_no_rates": (
        "各{unit}面积相差较大（{least_ha:g} 至 {most_ha:g} 公顷），本方法按件数比较：上报密度相同时，"
        "面积大的{unit}也会偏高，"
        "请结合冷热区的率判断。"
    ),
    "left_out/households_unknown": "户数不详",
    "left_out/no_road": "地名库在此没有道路（不足 {least_m:g} 米）",
    "left_out/zero": "为零",
    "per/households": "每户",
    "per/km2": "每平方公里",
    "per/road_km": "每公里道路",
    "unit/grid": "网格",
    "unit/hexagon": "六边形",
    "unit/near": "{area}附近",
    "measure/hours": "小时",
    "measure/km": "公里",
    "emerging/NEW_HOT": "仅最近一期显著偏高，此前从未显著",
    "emerging/CONSECUTIVE_HOT": "最近连续两期以上显著偏高，此前从未显著，总计不足九成时段",
    "emerging/INTENSIFYING_HOT": "九成以上时段（含最近一期）显著偏高，且聚集程度显著上升",
    "emerging/PERSISTENT_HOT": "九成以上时段（含最近一期）显著偏高，无明显升降",
    "emerging/DIMINISHING_HOT": "九成以上时段（含最近一期）显著偏高，但聚集程度显著下降",
    "emerging/SPORADIC_HOT": "最近一期显著偏高，此前时有时无，不足九成时段，从未显著偏低",
    "emerging/OSCILLATING_HOT": "最近一期显著偏高，此前曾显著偏低，偏高不足九成时段",
    "emerging/HISTORICAL_HOT": "最近一期不显著，但九成以上时段显著偏高",
    "emerging/NEW_COLD": "仅最近一期显著偏低，此前从未显著",
    "emerging/CONSECUTIVE_COLD": "最近连续两期以上显著偏低，此前从未显著，总计不足九成时段",
    "emerging/INTENSIFYING_COLD": "九成以上时段（含最近一期）显著偏低，且程度显著加深",
    "emerging/PERSISTENT_COLD": "九成以上时段（含最近一期）显著偏低，无明显升降",
    "emerging/DIMINISHING_COLD": "九成以上时段（含最近一期）显著偏低，但程度显著减弱",
    "emerging/SPORADIC_COLD": "最近一期显著偏低，此前时有时无，不足九成时段，从未显著偏高",
    "emerging/OSCILLATING_COLD": "最近一期显著偏低，此前曾显著偏高，偏低不足九成时段",
    "emerging/HISTORICAL_COLD": "最近一期不显著，但九成以上时段显著偏低",
    "emerging/NONE": "各期均无上述规律",
}

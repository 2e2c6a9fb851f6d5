"""The words of reports that say what happened and when: they place nothing, and none of them is part of a name.

Every word of a text that is neither here nor in :mod:`geo.address.vocabulary` nor a name of the gazetteer is unread,
and an unread word that could move the place forbids a certain answer (:mod:`geo.address.leftovers`). So a word missing
here costs at most a doubt. Listed are words in which single characters look like a direction, a road or an area (东西,
下水道, 居民区), and those that often follow a place directly.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

REPORT_WORDS: Final = tuple(
    dict.fromkeys(
        word
        for line in Path(__file__).with_name("report_words.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for word in line.split()
    )
)

# Steps that no map tells the length of: they forbid a certain answer wherever they stand.
STEPS: Final = (
    "左转", "右转", "左拐", "右拐", "拐弯", "拐进", "拐进去", "转弯", "左手边", "右手边", "左手", "右手", "左边",
    "右边", "左侧", "右侧", "往左", "往右", "向左", "向右", "往前", "往前走", "朝前", "朝前走", "前行", "前方",
    "再往前", "往里走", "往里", "向里走", "向里", "朝里走", "往里面走", "往里去",
    "再向里", "再往里", "再往前走", "走进去", "往深处", "直走", "直行",
    "走到头", "到头", "尽头", "路尽头", "最里面", "最里边", "掉头", "调头",
    "折返", "下坡", "上坡", "过桥", "过了桥", "穿过", "绕过", "再走", "再往", "一直走", "不远", "不远处",
    "好远", "老远", "挺远", "很远", "较远", "远处", "一段", "一大段", "里许",

    "没多远", "没几步", "几步远", "几步路", "下一个路口", "前一个路口", "上一个路口", "下个路口",
    "前面路口", "前面的路口",
    "前面那个路口", "后面路口", "另一头", "那一头", "那头", "另一端", "对岸", "桥头", "桥下", "桥上", "桥底", "桥洞",
    "胡同里", "胡同口", "巷子里", "巷子口", "巷口", "岔路口", "岔口", "隔壁村", "邻村", "隔壁小区", "旁边小区",
    "旁边的小区", "对面的小区", "附近的小区", "隔壁的小区",

    "对面小区", "前面的小区", "后面的小区", "前面小区", "后面小区",
    "附近小区", "对面村", "另一侧", "另一边", "相反方向", "反方向",
)  # fmt: skip

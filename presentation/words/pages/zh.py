"""The words of pages in Chinese."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "frame/allTime": "全部时段",
    "frame/base": "着色",
    "frame/card": "详情",
    "frame/close": "关闭详情",
    "frame/find": "查找区域",
    "frame/findHint": "名称或代码",
    "frame/fold": "收起",
    "frame/kilometres": "公里",
    "frame/layers": "图层",
    "frame/map": "地图",
    "frame/metres": "米",
    "frame/north": "北",
    "frame/northUp": "上方为北",
    "frame/notFound": "没有找到，请换一个名称或代码。",
    "frame/notes": "说明",
    "frame/notesOfRun": "说明（怎样分析、剔除了什么）",
    "frame/pause": "暂停",
    "frame/play": "播放",
    "frame/sample": "示例数据",
    "frame/sides": "对比的两幅地图",
    "frame/time": "时段",
    "frame/unfold": "展开",
    "frame/zoomIn": "放大",
    "frame/zoomOut": "缩小",
    "print/km": "{length} 公里",
    "print/m": "{length} 米",
}

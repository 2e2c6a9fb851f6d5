"""One spelling of what several systems write: half width, simplified, without blanks around."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

# Characters of categories of matters, traditional and simplified one below the other.
_SIMPLIFIED: Final = str.maketrans(
    "經營違設築圾環衛車輛電線橋樑燈蓋損壞壓實業務衝突聲擾灣鄉鎮區號樓園門廣場學醫農礦與單團戶側對邊馬華國長風觀龍廟莊陽"
    "規劃審計劑廢氣煙塵揚飲應當處罰執證照價質權稅費徵補償拆遷勞動關係調糾紛詐騙盜竊鬥毆賭黃禁毒險隱患護養樹綠綫機動"
    "停佔訴舉報諮詢請願見議題類別辦結轉發現場頭難檔欄線纜箱話訊網絡興幹凈淨潔傢俱紙張貼廣寫畫塗鴉亂堆擺攤貨運輸載",
    "经营违设筑圾环卫车辆电线桥梁灯盖损坏压实业务冲突声扰湾乡镇区号楼园门广场学医农矿与单团户侧对边马华国长风观龙庙庄阳"
    "规划审计剂废气烟尘扬饮应当处罚执证照价质权税费征补偿拆迁劳动关系调纠纷诈骗盗窃斗殴赌黄禁毒险隐患护养树绿线机动"
    "停占诉举报咨询请愿见议题类别办结转发现场头难档栏线缆箱话讯网络兴干净净洁家具纸张贴广写画涂鸦乱堆摆摊货运输载",
)


@lru_cache(maxsize=10_000)  # there are few, and a file of reports asks for each a thousand times
def one_spelling(category: str) -> str:
    """Return a category in its one spelling: 占道經營　 and 占道经营 are one; empty when it is blank."""
    return " ".join(unicodedata.normalize("NFKC", category).split()).translate(_SIMPLIFIED)

"""The API's documentation for people: Swagger UI from a package, so that a closed network shows it too."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from api.http.openapi import feature_router
from presentation.training_banner import with_banner

router = feature_router(include_in_schema=False)
ASSETS = "/docs/assets"
TAGS = {
    "assignments": "归属：点归谁管。Which area answers for a point, in one layer or in several. No key is needed.",
    "reports": "上报：受理与查询。Reports come in, durably and once, and are read.",
    "triage": "研判：没有确定位置的上报。Reports without a certain place, settled by people.",
    "addresses": "地址：文字到位置，位置到文字。From words to places and back; the gazetteer.",
    "boundaries": "界线：图层、版本、导入导出。Layers, releases, areas; import and export.",
    "boundary desk": "界线工作台：起草、检查、批准、发布。Drafts on top of a release, approved by a second person.",
    "grid workers": "网格员：谁负责哪里。Who works which area.",
    "units": "责任单位：谁是谁的上级，哪个编码归谁，谁负责什么。The tree of those who answer, by date.",
    "cases": "案件：受理、派遣、处置、核查、结案、评价，含时限与历史。From the report to the rating, with clocks.",
    "attachments": "附件：照片与录音。Photos and recordings of reports and cases, by their hash.",
    "tasks": "交办：综合调度、点名与临时事项。Instructions, roll-calls and errands to units, chased.",
    "suggestions": "分类建议：按文字建议类别、紧急程度与人身危险，供人决定。What a text speaks for; nothing is set.",
    "meetings": "联席会商：议题、纪要与决定事项。Meetings on topics: units called, minutes, decisions as tasks.",
    "bulletins": "通报：每日早间与午后，新增、办理与超期。Bulletins: figures of a cut-off, released, printed.",
    "assessment": "考核：指标、月度结果、比较与依据。Indicators, results of periods, the cases behind each number.",
    "policies": "规则参数：延期、挂账、退单、督办、提醒的次数与时长。Bounds and spans of cases, by date.",
    "call-backs": "回访：是否联系上、是否解决、是否满意。Whether callers were reached, call it solved, are satisfied.",
    "notifications": "通知：Webhook、群机器人、邮件、短信与个人收件箱。Signed webhooks, robots, mail, inboxes.",
    "connectors": "上级平台对接：工单时限与回传。Deadlines of upstream platforms' orders, and what they are answered.",
    "quick notes": "随手记：随手解决的小事与每日工作情况。Small matters solved on the spot; a worker's daily log.",
    "public trace": "公众查询：凭编号与查询码查看进度、评价。Follow a matter by number and token; rate it.",
    "dispatch rules": "派遣规则：按区域、类别、时段定责任单位，先试算再发布。Rules of dispatch, tried before use.",
    "knowledge": "知识库：有依据、有时效的答复，以及尚无答复的问题。Dated answers with their source.",
    "categories": "类别：部件与事件、时限、渠道用词。Components and events by date, limits, words of channels.",
    "keys": "密钥：谁的程序凭什么调用，更换与停用。API keys: made, replaced, withdrawn; each is shown once.",
    "people": "人员：姓名、工号、单位、角色。Who works here, and what they may do where.",
    "seats": "席位：谁在何处值班，谁代岗。Who sits where and when, who is away, who stands in.",
    "maps": "地图：责任图、瓦片、热点图。Responsibility maps, tiles, pages that open offline. No key is needed.",
    "hotspots": "热点：分析、事项、通报。What is more than chance: runs, topics, notices, and what runs stand on.",
    "data quality": "坐标可信度。How far each source's coordinates can be believed.",
    "OGC API": "供桌面 GIS 连接。OGC API – Features and Tiles, for desktop GIS.",
    "sign-in": "登录：账号、会话、本人。Persons sign in and out; who one is, and what one may do.",
    "personal information": "个人信息：本人请求、依法保全。What people ask of their own data; what must be kept.",
    "audit": "审计：谁在何时对什么做了什么。Who did what to what, for auditors.",
    "operation": "运行：存活、就绪、指标。Is it alive, is it ready, how is it doing.",
}
"""The groups of operations, in the order in which they are shown."""


@router.get("/docs")
async def documentation() -> HTMLResponse:
    """Show every operation and let one try it."""
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Wangge API",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon.png",
    )
    return HTMLResponse(with_banner(bytes(page.body).decode()))


def mount_assets(app: FastAPI) -> None:
    """Serve Swagger UI's own files."""
    folder = Path(str(files("fastapi_offline"))) / "static"
    app.mount(ASSETS, StaticFiles(directory=folder), name="documentation-assets")

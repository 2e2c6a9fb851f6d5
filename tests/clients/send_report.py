"""Uses the Python client that openapi-python-client made: sends a report and reads it back by the number it got.

Runs in the environment of tests/clients/fetch.sh: PYTHONPATH holds the client, the words are the address and a key.
"""

from __future__ import annotations

import json
import sys

from wangge_client import AuthenticatedClient
from wangge_client.api.reports import get_report, post_report
from wangge_client.models import Problem, ReportIn, ReportOut, ReportReceipt

address, key = sys.argv[1:]
client = AuthenticatedClient(address, key, prefix="", auth_header_name="X-API-Key")
receipt = post_report.sync(client=client, body=ReportIn(category="占道经营", lon=113.001, lat=34.001))
assert isinstance(receipt, ReportReceipt), receipt
report = get_report.sync(receipt.number, client=client)
assert isinstance(report, ReportOut), report
wrong = post_report.sync(client=client, body=ReportIn(category="占道经营", reported_at="yesterday"))  # type: ignore[arg-type]
assert isinstance(wrong, Problem), wrong
areas = [area.code for area in report.areas]
print(json.dumps({"number": receipt.number, "read": report.number, "areas": areas, "problem": wrong.field}))

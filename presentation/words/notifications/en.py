"""The words of notifications in English."""

from __future__ import annotations

SEPARATOR = ", "

SENTENCES = {
    "title/case": "Case {number} {what}",
    "text/case": "Category: {category}\nUnit: {unit}\nNext deadline: {due}",
    "title/case/due_soon": "Case {number}: the deadline to {step} is near",
    "text/case/due_soon": "Category: {category}\nUnit: {unit}\nDeadline to {step}: {due}.",
    "title/case/overdue": "Case {number}: the deadline to {step} is over",
    "text/case/overdue": "Category: {category}\nUnit: {unit}\nDeadline to {step}: {due}, which is over.",
    "title/task": "Task {number} {what}",
    "text/task": "Unit: {unit}\nDeadline: {due}",
    "title/release": "Release {release} of layer {layer} {what}",
    "text/release": "In force from: {effective}",
    "title/test": "Test message",
    "text/test": "This is a test message, sent by {by}. That it came shows that the settings are right.",
    "none": "none",
    "what/issue": "issued",
    "what/acknowledge": "acknowledged",
    "what/finish": "reported as done",
    "what/confirm": "confirmed",
    "what/send_back": "sent back",
    "what/remind": "is being chased",
    "what/withdraw": "withdrawn",
    "what/published": "published",
    "what/withdrawn": "withdrawn",
    "step/accept": "accept",
    "step/file": "file",
    "step/dispatch": "dispatch",
    "step/acknowledge": "acknowledge",
    "step/handle": "handle",
    "step/verify": "verify",
    "step/close": "close",
    "step/sign": "sign the whistle",
    "step/contact": "contact the street",
    "step/arrive": "arrive",
}

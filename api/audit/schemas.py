"""What the audit's entries look like in answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from core.audit import AuditEntry
    from core.seals.queries import Head
    from identity.key_failures import KeyFailure


class AuditEntryOut(BaseModel):
    """One entry of the audit."""

    id: int = Field(description="Number of the entry; later entries have higher ones.", examples=[4711])
    happened_at: datetime
    actor: str = Field(description="Name of the person or system, as it was then.", examples=["刘洋"])
    action: str = Field(description="Group and action.", examples=["change_sets.publish"])
    subject: str = Field(description="What it was done to.", examples=["admin/3"])
    detail: dict[str, Any] = Field(description="What was particular about it; people are masked.")


class AuditPage(BaseModel):
    """A page of the audit, the latest entries first."""

    items: list[AuditEntryOut]
    next: int | None = Field(description="Send it as `after` for the next page; null: there are no more.")


def audit_entry_out(entry: AuditEntry) -> dict[str, Any]:
    """Return one entry as it is answered."""
    return {
        "id": entry.id,
        "happened_at": entry.happened_at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
    }


class ChainHead(BaseModel):
    """The head of the hash chain at an instant: with it, all that was sealed before can be checked later."""

    position: int = Field(description="How many rows are sealed.", examples=[48_213])
    digest: str = Field(
        description="SHA-256 over all sealed rows in their order.",
        examples=["9f86d081884c7d65" * 4],
        pattern="^[0-9a-f]{64}$",
    )
    at: datetime


def chain_head_out(head: Head, at: datetime) -> dict[str, Any]:
    """Return the chain's head as it is answered."""
    return {"position": head.position, "digest": head.digest.hex(), "at": at}


class KeyFailureOut(BaseModel):
    """How often keys from an address were refused within an hour."""

    id: int
    address: str = Field(
        description="Of IPv6 its network of 64 bits; `others`: without an address, or beyond a thousand in one hour.",
        examples=["203.0.113.7"],
    )
    failures: int = Field(description="Refused keys, those that were refused unread by the brake among them.")
    first_at: datetime
    last_at: datetime


class KeyFailurePage(BaseModel):
    """A page of refused keys, the latest hours first."""

    items: list[KeyFailureOut]
    next: int | None = Field(description="Send it as `after` for the next page; null: there are no more.")


def key_failure_out(row: KeyFailure) -> dict[str, Any]:
    """Return one address and hour as it is answered."""
    return {name: getattr(row, name) for name in KeyFailureOut.model_fields}

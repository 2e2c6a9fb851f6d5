"""What every way of taking a report over HTTP needs: the place's ground, the key's channels, and its quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread

from governance.reports.placement import PlacementContext

if TYPE_CHECKING:
    from api.http.services import Services
    from governance.channels.rules import Binding
    from identity.keys import Principal


async def spend(services: Services, principal: Principal, amount: int) -> None:
    """Count reports against the quota of the running minute, or raise QuotaExceededError."""
    if not services.keyring.spend_held(principal, amount):
        await to_thread.run_sync(services.keyring.spend, principal, amount)


async def bindings_of(services: Services, principal: Principal) -> tuple[Binding, ...]:
    """Return the channels that a key sends for, each with its datum."""
    bindings = services.channels.at_hand(principal.client_id)
    if bindings is None:
        bindings = await to_thread.run_sync(services.channels.bindings_of, principal.client_id)
    return bindings


async def ground(services: Services) -> PlacementContext:
    """Return what places reports now: boundaries and gazetteer in memory."""
    key = services.settings.caller_key_bytes
    context = PlacementContext.at_hand(services.releases, services.gazetteer, key)
    if context is None:
        context = await to_thread.run_sync(PlacementContext.now, services.releases, services.gazetteer, key)
    return context

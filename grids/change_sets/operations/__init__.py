"""The public verbs of the boundary desk: draft, edit, rebase, review, publish."""

from grids.change_sets.operations.checking import CheckMemory
from grids.change_sets.operations.delivering import Delivered, hand_in, take_delivery, take_files
from grids.change_sets.operations.drafting import Edited, change_locking, open_draft, undo, withdraw
from grids.change_sets.operations.editing import assign_facts, edit
from grids.change_sets.operations.last_reads import forget_read, record_read, state_read
from grids.change_sets.operations.publishing import publish_change_set
from grids.change_sets.operations.rebasing import Rebased, rebase, resolve_conflict
from grids.change_sets.operations.redesigning import Redesign, propose, take_redesign
from grids.change_sets.operations.repairing import A_PAGE, Offer, Page, Repaired, Wanted, offers, repair
from grids.change_sets.operations.replacing import replace_area, replace_areas
from grids.change_sets.operations.reviewing import approve, check, send_back, submit
from grids.change_sets.operations.rule_editing import change_rules
from grids.change_sets.operations.surroundings import Surroundings, surroundings_of, surroundings_of_draft
from grids.change_sets.operations.withdrawing import approve_withdrawal, request_withdrawal

__all__ = [
    "A_PAGE",
    "CheckMemory",
    "Delivered",
    "Edited",
    "Offer",
    "Page",
    "Rebased",
    "Redesign",
    "Repaired",
    "Surroundings",
    "Wanted",
    "approve",
    "approve_withdrawal",
    "assign_facts",
    "change_locking",
    "change_rules",
    "check",
    "edit",
    "forget_read",
    "hand_in",
    "offers",
    "open_draft",
    "propose",
    "publish_change_set",
    "rebase",
    "record_read",
    "repair",
    "replace_area",
    "replace_areas",
    "request_withdrawal",
    "resolve_conflict",
    "send_back",
    "state_read",
    "submit",
    "surroundings_of",
    "surroundings_of_draft",
    "take_delivery",
    "take_files",
    "take_redesign",
    "undo",
    "withdraw",
]

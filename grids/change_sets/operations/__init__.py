"""The public verbs of the boundary desk: draft, edit, rebase, review, publish."""

from grids.change_sets.operations.drafting import Edited, open_draft, undo, withdraw
from grids.change_sets.operations.editing import assign_facts, edit
from grids.change_sets.operations.publishing import publish_change_set
from grids.change_sets.operations.rebasing import Rebased, rebase, settle
from grids.change_sets.operations.redesigning import Redesign, propose, take
from grids.change_sets.operations.repairing import Offer, offers, repair
from grids.change_sets.operations.replacing import replace_area, replace_areas
from grids.change_sets.operations.reviewing import approve, check, send_back, submit
from grids.change_sets.operations.surroundings import Surroundings, surroundings_of, surroundings_of_draft

__all__ = [
    "Edited",
    "Offer",
    "Rebased",
    "Redesign",
    "Surroundings",
    "approve",
    "assign_facts",
    "check",
    "edit",
    "offers",
    "open_draft",
    "propose",
    "publish_change_set",
    "rebase",
    "repair",
    "replace_area",
    "replace_areas",
    "send_back",
    "settle",
    "submit",
    "surroundings_of",
    "surroundings_of_draft",
    "take",
    "undo",
    "withdraw",
]

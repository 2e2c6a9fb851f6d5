"""A file of categories into the service: all or none, and none of it where it is only tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.categories.operations import state_categories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.categories.operations import CategoryIn
    from identity.actors import Actor


def import_categories(
    session: Session, categories: Sequence[CategoryIn], *, actor: Actor, dry_run: bool = False
) -> int:
    """Take in categories by code and return what changed. None is ended by a file. `dry_run`: done and undone.

    Raises
    ------
    CategoryInvalidError, CategoryInUseError, UnitNotFoundError
    """
    with session.begin_nested() as trial:
        changed = state_categories(session, categories, actor=actor)
        if dry_run:
            trial.rollback()
    return changed

"""How the database plans the statements of a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_SET: Final = text("""
SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('random_page_cost', '1.1', true),
    set_config('max_parallel_workers_per_gather', '0', true)
""")


def plan_for_pages(session: Session) -> None:
    """Have each further statement of the transaction planned for its values, and for a page that is wanted at once.

    The driver prepares what it sends often, and the database may then keep one plan for all values: a plan that is
    right for a small box or a rare unit reads a million rows for a large one. A page needs some hundred rows out of
    tables whose pages are mostly in memory: single rows by an index are cheap, and starting other processes is not.
    """
    session.execute(_SET)

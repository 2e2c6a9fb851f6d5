"""The database: mapped base, engine, transactions. Only this package commits."""

from core.db.base import Base, check_one_of, check_state
from core.db.engine import Database, database_of

__all__ = ["Base", "Database", "check_one_of", "check_state", "database_of"]

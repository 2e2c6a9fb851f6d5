"""The database: mapped base, engine, transactions. Only this package commits."""

from core.db.base import Base, check_one_of
from core.db.engine import Database

__all__ = ["Base", "Database", "check_one_of"]

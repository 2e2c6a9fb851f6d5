"""The database: mapped base, engine, transactions. Only this package commits."""

from core.db.base import Base
from core.db.engine import Database

__all__ = ["Base", "Database"]

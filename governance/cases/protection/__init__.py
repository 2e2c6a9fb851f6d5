"""Whom a case is hidden from: the unit or person that it accuses; and whose reporter is kept from who handles it."""

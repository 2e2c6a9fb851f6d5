"""Marks on callers: stated by one person, confirmed by a second, shown, ended by a day; every reading is audited."""

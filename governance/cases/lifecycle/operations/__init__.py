"""The public verbs of cases: open them, do something to one, let them follow the places of their reports."""

from governance.cases.lifecycle.operations.acting import act_on, erase_words
from governance.cases.lifecycle.operations.following import follow_places
from governance.cases.lifecycle.operations.history import Caller
from governance.cases.lifecycle.operations.opening import open_case, open_stored

__all__ = ["Caller", "act_on", "erase_words", "follow_places", "open_case", "open_stored"]

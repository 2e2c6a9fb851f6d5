"""The public verbs of cases: open the case of a report, open those of stored reports, do something to a case."""

from governance.cases.lifecycle.operations.acting import act_on, erase_words
from governance.cases.lifecycle.operations.history import Caller
from governance.cases.lifecycle.operations.opening import open_case, open_stored

__all__ = ["Caller", "act_on", "erase_words", "open_case", "open_stored"]

"""Bulk intake: rows of a file, placed in process and stored by COPY, a batch a transaction.

What is stored is what the API would have stored, digest for digest: a report that came in by either way is known to
the other. Placing and writing of a batch run beside the database's storing of the batch before.
"""

from governance.reports.importing.preparation import Batch, Preparation, Row
from governance.reports.importing.storing import Rejected, Tally, open_staging, store

__all__ = ["Batch", "Preparation", "Rejected", "Row", "Tally", "open_staging", "store"]

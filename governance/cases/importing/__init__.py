"""Cases of an old system with their histories: read, mapped onto the table of transitions, stored by COPY.

The reports are stored before (governance/reports/importing); a case is found by its channel and external id. A history
that is told by columns (one instant a step) or by rows of steps becomes steps that are marked as imported. What cannot
be mapped is listed and stops the import before anything is stored; what contradicts itself is refused row by row.
"""

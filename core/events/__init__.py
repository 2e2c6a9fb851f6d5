"""Events: what happened, written in the transaction in which it happened, and read by each consumer exactly once.

Triggers write the events, so that no way of storing a row leaves one out. `feed` is for consumers, `upkeep` for those
who operate the service. docs/adr/0013 explains why nothing is skipped.
"""

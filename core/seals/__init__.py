"""The one hash chain over events, audit entries and whatever else `register` names: altered history is found.

`operations` seals rows behind the feed of events, `verification` checks the chain and the rows against it. The terms
and the reasons are in docs/adr/0024.
"""

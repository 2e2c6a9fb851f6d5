"""The lifecycle of cases: one table of transitions, the history that it writes, and what can be read of both."""

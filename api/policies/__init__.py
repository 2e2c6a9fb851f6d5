"""The API of values of policy: what counts, what was stated, and the second person."""

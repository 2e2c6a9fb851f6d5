"""What the public sees of a matter by its number and a token, and what it may do: rate it once, ask to reopen it."""

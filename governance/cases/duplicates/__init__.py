"""Cases that tell of the same: candidates with reasons, merging and un-merging, and links that are not duplicates."""

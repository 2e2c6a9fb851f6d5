"""Parts of a case: what several units do of one matter, each with clocks of its own beside those of the case."""

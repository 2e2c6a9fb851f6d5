"""Call-backs (回访): whether a caller was reached after the closing, says that it is solved, and is satisfied."""

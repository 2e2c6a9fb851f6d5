"""Help of values of policy in other languages, by the English that stands with them."""

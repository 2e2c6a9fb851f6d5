"""Help of joint handling in other languages, by the English that stands with it."""

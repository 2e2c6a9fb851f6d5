"""Help of what all commands share, of running the service, and of places, by language."""

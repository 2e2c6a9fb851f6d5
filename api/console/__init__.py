"""The web console: its pages, its files, and what it has to know of this service before anybody signs in."""

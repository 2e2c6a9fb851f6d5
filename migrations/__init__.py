"""Alembic's scripts, and `run.move_to`, which applies them."""

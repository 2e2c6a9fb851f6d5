"""Writes of notifications: targets, the messages that events lead to, and their deliveries."""

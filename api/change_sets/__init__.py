"""Drafts of boundaries and their review, over HTTP."""

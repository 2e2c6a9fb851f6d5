"""Drafts on top of a release: edited, checked, approved by a second person, published."""

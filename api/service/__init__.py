"""The service itself: its first page, its documentation, its health."""

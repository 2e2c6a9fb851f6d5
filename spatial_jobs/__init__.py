"""When: queue tasks and their schedule."""

"""Orders of upstream platforms over HTTP."""

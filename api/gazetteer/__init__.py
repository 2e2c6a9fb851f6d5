"""Address text to places and back, over HTTP."""

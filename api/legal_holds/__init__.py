"""Legal holds over HTTP."""

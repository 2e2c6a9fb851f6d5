"""API keys over HTTP: listed, made, replaced, withdrawn; a key is shown once."""

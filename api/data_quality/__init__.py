"""How far each source's coordinates can be believed, over HTTP."""

"""How far each source's coordinates can be believed: evidence report by report, standing source by source."""

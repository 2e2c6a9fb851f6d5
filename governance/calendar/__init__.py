"""Days off and worked weekends: dated facts that hotspots, and every clock of working time, stand on."""

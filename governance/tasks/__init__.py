"""Tasks (交办): instructions, roll-calls and passing errands to units, acknowledged, done with evidence, and chased."""

"""The API of tasks: issued to units, acknowledged, done with evidence, chased."""

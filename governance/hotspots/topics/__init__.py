"""Topics followed from run to run: which findings are followed, matched, and decided on by people."""

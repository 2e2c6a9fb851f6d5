"""The API of quick notes: write one down, list them, let one become a case, and a worker's daily log."""

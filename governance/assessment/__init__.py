"""Assessment (考核): indicators as dated rows, counted from the histories of cases, each value with its evidence."""

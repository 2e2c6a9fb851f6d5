"""One search over cases, reports, quick notes, tasks, people and areas, within what the searcher may see."""

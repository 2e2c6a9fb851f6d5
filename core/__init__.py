"""What every floor shares: settings, database, errors, clock, queue, audit, security, observability. A closed list."""

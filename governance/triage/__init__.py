"""Reports without a certain place: a queue with candidates, settled by a person with a reason."""

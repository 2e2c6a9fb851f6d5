"""Joint handling (吹哨报到): a street calls departments to a visit; called, arrived, concluded, rated, and counted."""

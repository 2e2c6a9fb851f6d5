"""Cases: a matter followed from its report until it is closed and rated."""

"""Office forms of cases (交办单, 督办单, 退单 and others): numbered once, printed as often as wanted."""

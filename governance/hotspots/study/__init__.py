"""What the methods look at: parameters, screened reports, units with their exposure, the frame of days and places."""

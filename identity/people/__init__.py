"""People: persons with name, staff number, phone and units; what is about them, masked, corrected and erased."""

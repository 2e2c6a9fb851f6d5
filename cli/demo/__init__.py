"""The demonstration: a sample district, a year-to-date of sample reports, sent through the API and shown."""

"""The API of notifications: targets and their deliveries for administrators, the own inbox for each person."""

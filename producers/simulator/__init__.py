"""A seeded, realistic workspace, event by event."""

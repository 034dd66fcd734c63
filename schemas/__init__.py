"""The public contract in code: the event envelope, one model per event type, the catalogue, the settings."""

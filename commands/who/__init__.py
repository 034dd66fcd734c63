"""`jejak users` and `jejak keys`: who may use the pages and the API."""

"""`jejak dead-letters`: one module per command of the group, and what these share."""

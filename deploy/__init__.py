"""How Jejak is run: the embedded stack for a laptop, and the files for a real one."""

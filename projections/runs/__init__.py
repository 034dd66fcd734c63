"""Runs: rebuilds that are at work or were left behind. How they are named, locked, waited for and cleaned up after.

Whoever migrates, compares or writes roots has to respect them, so this knows nothing of how a rebuild is done.
"""

"""Fetch: turns the bytes that a broker sends into records, whatever the bytes are.

What cannot be read is named, never skipped.
"""

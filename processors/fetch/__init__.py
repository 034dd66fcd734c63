"""Fetch: from the bytes that a broker sends to records, whatever the bytes are.

What cannot be read is named, never skipped.
"""

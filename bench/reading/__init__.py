"""The reading benchmark: how fast the read models answer, and what they take on disk.

python -m bench.reading [--quick] [--only NAME]
"""

"""Telemetry: what the worker says of itself in metrics, in log lines and in stacks.

It knows nothing of Kafka or ClickHouse.
"""

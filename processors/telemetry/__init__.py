"""Telemetry: the worker's metrics, log lines and stacks.

It knows nothing about Kafka or ClickHouse.
"""

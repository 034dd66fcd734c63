"""A broker, ClickHouse and a worker on one laptop, each a process of its own."""

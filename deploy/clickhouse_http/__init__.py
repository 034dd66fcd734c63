"""ClickHouse's HTTP interface over chDB, for development and tests."""

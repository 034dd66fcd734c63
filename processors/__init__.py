"""The stream processor: from records on Kafka to rows in ClickHouse, losing none."""

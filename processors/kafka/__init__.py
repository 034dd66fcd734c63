"""Kafka: connections, errors in plain words, topics, the consumer group and its lag."""

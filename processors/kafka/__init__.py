"""Kafka: how to connect, what its errors mean, and what it knows of topics, the consumer group and its lag."""

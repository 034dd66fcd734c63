"""What can go wrong when Apache Kafka is fetched or started, said in one line."""


class KafkaUnavailableError(Exception):
    """Apache Kafka cannot run here; the message says why and what is missing."""

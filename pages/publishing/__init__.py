"""Publishing: requests that change something, the events that they become, and Kafka's acknowledgement."""

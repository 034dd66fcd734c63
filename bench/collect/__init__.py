"""The front door under load, beside a bare handler that appends to Kafka without looking (`make bench-collect`)."""

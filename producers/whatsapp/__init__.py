"""WhatsApp Cloud API webhook bodies turned into events."""

"""What makes events: the WhatsApp webhook importer and the simulator of a workspace."""

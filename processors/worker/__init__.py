"""Worker: the process around the stream, with its start and stop, its health and its background checks."""

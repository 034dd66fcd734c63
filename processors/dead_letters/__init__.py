"""Dead letters: the records that were rejected, how they are written, read, counted, put back and dismissed."""

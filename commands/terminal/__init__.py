"""What commands share at a terminal: options, tables, progress bars, errors in one line."""

"""The jejak command line: one module a command."""

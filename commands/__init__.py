"""The `jejak` command: a module for each command, or a folder where it takes several."""

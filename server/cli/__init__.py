"""The command line: one module per group of commands. Each imports what it needs inside its functions."""

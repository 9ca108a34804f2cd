"""What can be wrong with the examples and messages a person hands in."""


class TriageError(Exception):
    """Examples or messages cannot be used; the message names the file, line and column and what to do."""

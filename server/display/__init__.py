"""Pictures of cases and requests for a terminal: pure functions from records to things that rich can print."""

"""The numbers of the service: pure functions over what happened in cases, as short as their definitions."""

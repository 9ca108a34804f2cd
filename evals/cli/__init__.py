"""The commands of `python -m evals`. Importing them is cheap: each imports what it needs when it runs."""

"""`countersign evals`: the same program, under the name by which it was called."""

from __future__ import annotations

from evals.__main__ import main

if __name__ == "__main__":
    main("countersign evals")

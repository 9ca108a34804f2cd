"""Prompts as rendered for one made-up case. `python -m tests.agent.reasoners.snapshots` writes them anew."""

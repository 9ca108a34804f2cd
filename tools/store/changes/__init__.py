"""What each action does to the nouns: pure functions from facts to the nouns that change."""

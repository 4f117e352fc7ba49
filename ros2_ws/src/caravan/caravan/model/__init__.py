"""The nouns that all rooms share: frozen values, no behaviour."""

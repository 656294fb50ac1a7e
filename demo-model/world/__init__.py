"""The closed world of the demo model: words, facts, stories, and training conversations about them."""

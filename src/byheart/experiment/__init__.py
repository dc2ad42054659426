"""Which model is live: the registry, and how it is promoted and taken back."""

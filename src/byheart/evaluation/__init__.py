"""Does a model remember, or does it pretend? Cases, scorers, metrics with their intervals, the report."""

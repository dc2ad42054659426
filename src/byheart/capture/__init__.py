"""What people think of an answer, and the exchange it concerns, exactly as it was seen."""

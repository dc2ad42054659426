"""What a coach's app shows beside the answer: a strategy, suggestions, follow-ups, and what they rest on."""

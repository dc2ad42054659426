"""What is known of a person: extracted from what they say, recalled, superseded, forgotten."""

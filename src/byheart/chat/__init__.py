"""What is said: messages, turns, personas, and the prompt exactly as the model sees it."""

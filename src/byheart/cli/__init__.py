"""Doors in the terminal: one command group per room. A command parses, calls one function, prints."""

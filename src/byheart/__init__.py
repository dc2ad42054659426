"""byheart teaches a chat assistant to remember the people it talks to."""

__version__ = "0.1.0"

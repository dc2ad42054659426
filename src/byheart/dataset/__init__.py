"""Examples: the generator, captures, validation, splits and frozen versions."""

"""What every room stands on: errors, settings, clock and ids, the store and its writer."""

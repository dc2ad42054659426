"""What the owner sees: the capture status, and whether this machine has what the loop needs."""

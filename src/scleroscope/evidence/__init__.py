"""What was found, by class and target."""

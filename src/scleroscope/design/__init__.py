"""What would happen if: trials on a virtual population."""

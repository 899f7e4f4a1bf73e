"""The verification client and its command."""

"""The cluster as commands need it: a small protocol, and one adapter of the official client behind it."""

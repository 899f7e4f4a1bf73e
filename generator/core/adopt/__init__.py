"""Existing manifests become a project: objects are read, compared and lifted, and templates made of them."""

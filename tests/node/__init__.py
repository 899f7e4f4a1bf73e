"""A real node for the tests: images are pulled, containers run, Services carry packets (docs/node.md)."""

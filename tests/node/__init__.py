"""A real node for the tests: images are pulled and containers run; see docs/development/node.md."""

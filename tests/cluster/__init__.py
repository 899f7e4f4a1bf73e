"""A real Kubernetes control plane for the tests; docs/cluster.md says what it is and what it is not."""

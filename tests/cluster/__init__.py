"""A real Kubernetes control plane for the tests; see docs/development/cluster.md."""

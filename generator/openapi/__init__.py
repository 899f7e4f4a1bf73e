"""The vendored Kubernetes API schemas; see the README beside this file."""

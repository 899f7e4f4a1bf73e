"""How fast, how large and how steady `gen` is beside Helm, kustomize and cdk8s: `make bench`."""

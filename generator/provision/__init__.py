"""Scripts that build what an environment runs on, from its values: image, registry, cluster."""

"""The pull secret: what credentials look like, which file they fill, who may see it, how it is sealed."""

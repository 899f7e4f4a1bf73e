"""The pull secret: what credentials look like, which file they fill, who may see it, how it is sealed."""

from typing import Final

PREFIX: Final = "GEN_REGISTRY_"  # of the environment variables that hold credentials

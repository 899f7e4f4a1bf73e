"""The versions of Kubernetes whose schemas are vendored, besides the one that `tests/cluster/go.mod` pins.

To move to a newer patch release, write it here with its checksum, the `Sum` that
`go mod download -json k8s.io/kubernetes@VERSION` prints.
"""

from __future__ import annotations

from typing import Final

# The version of the module k8s.io/kubernetes, and its checksum as go.sum has it.
VERSIONS: Final[dict[str, str]] = {
    "v1.33.13": "h1:bmH31xUdSzeA5vk0wZAK9MZp11mdLuzUSeKk0qN3hPQ=",
    "v1.34.4": "h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=",
    "v1.36.3": "h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=",
    "v1.37.2": "h1:A2VDEiObzkYqFTKhSsn0ZEb0RlLEXpHWj93gi2HqEwE=",
}

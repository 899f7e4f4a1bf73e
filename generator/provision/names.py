"""The names that Azure takes (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules)

`az` itself checks few of them before it asks Azure.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Form(NamedTuple):
    """What a name must look like: a pattern for the whole of it, and the same in words."""

    pattern: str
    words: str

    def holds(self, name: str) -> bool:
        return re.fullmatch(self.pattern, name) is not None


GROUP: Final = Form(
    r"[-A-Za-z0-9_.()]{0,89}[-A-Za-z0-9_()]",
    "1 to 90 letters, digits and `-_.()`, with no point at the end",
)
LOCATION: Final = Form(
    r"[a-z0-9]{3,40}", "a location such as westeurope; az account list-locations lists them"
)
CLUSTER: Final = Form(
    r"[A-Za-z0-9]([-A-Za-z0-9_]{0,61}[A-Za-z0-9])?",
    "1 to 63 letters, digits, `-` and `_`, with a letter or digit at both ends",
)
SIZE: Final = Form(r"[A-Za-z0-9]+(_[A-Za-z0-9-]+)+", "a size such as Standard_D2s_v5")
SKU: Final = Form(r"Basic|Standard|Premium", "Basic, Standard or Premium")
SUBSCRIPTION: Final = Form(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "the id of a subscription; az account list shows them"
)
LOGIN_SERVER: Final = Form(
    r"[a-z0-9]{5,50}(-[a-z0-9]{1,32})?\.azurecr\.(io|us|cn)",
    "NAME.azurecr.io, where NAME is 5 to 50 lower-case letters and digits",
)
_NODES_GROUP: Final = 80  # characters of the resource group that AKS makes for the nodes


def registry(login_server: str) -> str:
    """The name of a registry: its login server may have the hash of a domain name label behind it."""
    return login_server.partition(".")[0].partition("-")[0]


def token(cluster: str, repository: str) -> str:
    """The name of the token with which a cluster pulls a repository: 5 to 50 letters, digits, `-` and `_`."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"pull-{repository}-{cluster}")[:50]


def too_long(group: str, cluster: str, location: str) -> bool:
    """Whether the three are too long together: AKS puts the nodes into MC_GROUP_CLUSTER_LOCATION."""
    return len(f"MC_{group}_{cluster}_{location}") > _NODES_GROUP

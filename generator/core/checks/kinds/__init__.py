"""What the API server asks of each type, a table a family: the name of a type, and the rules for its values.

The facts are those of `pkg/apis/*/validation` in Kubernetes' own module. The mutation harness in
`tests/cluster/verdict/` holds them against a real server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from generator.core.checks.constraints import Rule
from generator.core.checks.kinds import (
    admission,
    autoscaling,
    batch,
    cluster,
    configuration,
    containers,
    definitions,
    metadata,
    networking,
    pods,
    rbac,
    scheduling,
    services,
    storage,
    volumes,
    workloads,
)

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    name: rules
    for family in (
        admission,
        autoscaling,
        batch,
        cluster,
        configuration,
        containers,
        definitions,
        metadata,
        networking,
        pods,
        rbac,
        scheduling,
        services,
        storage,
        volumes,
        workloads,
    )
    for name, rules in family.RULES.items()
}

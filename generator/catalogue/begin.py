"""Existing manifests of which `gen init --from` makes a project."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Severity

SECTIONS: Final = (
    Section(
        title="Starting from manifests",
        scope="the manifests that `gen init --from` reads",
        intro=(
            "`gen init --from` makes a project that renders objects equal to those it read, or writes "
            "nothing. It reads as strictly as values are read, but takes disputed scalars as kubectl does."
        ),
        rules=(
            Rule(
                "init/object",
                title="Document that is no object",
                why="A manifest is a mapping with apiVersion, kind and metadata.name.",
                fix="Give what `helm template` or `kubectl kustomize` prints, or a folder of manifests.",
            ),
            Rule(
                "init/empty",
                title="No manifests",
                why="A file or folder that was given holds no object that can be taken.",
                fix="Give another file or folder.",
            ),
            Rule(
                "init/duplicate",
                title="Object that stands twice",
                why="Of two objects with one identity, kubectl would apply the later one over the first.",
                fix="Remove one. Where several environments share a folder, give a folder for each.",
            ),
            Rule(
                "init/secret",
                title="Secret that is left out",
                why="It holds values, templates are committed, and the history keeps them.",
                fix="Create it by hand, as a SealedSecret, or with External Secrets Operator.",
                severity=Severity.WARNING,
            ),
            Rule(
                "init/read-as",
                title="Scalar that readers of YAML read differently",
                why="gen takes what kubectl reads, since that is what the cluster has.",
                fix="Look whether it is meant so. The template spells it so that every reader agrees.",
                severity=Severity.WARNING,
            ),
            Rule(
                "init/number",
                title="Number that JSON cannot hold",
                why="Infinity, not-a-number and integers beyond 64 bits have no place in an object.",
                fix="Quote it where it is a text.",
            ),
            Rule(
                "init/null-field",
                title="Null that is left out",
                why="The schema of the object allows no null there, and the API server takes it for absent.",
                fix="Nothing; or remove it from the manifests.",
                severity=Severity.WARNING,
            ),
            Rule(
                "init/null",
                title="Difference that holds null",
                why="Null in a values file removes what is inherited, so no value can hold it.",
                fix="Remove the null from the manifests, if the field may be absent.",
            ),
            Rule(
                "init/differs",
                title="Object that would not be rendered as it was read",
                why="gen compares every object before it writes the project. This is a bug in gen.",
                fix="Report it with the object.",
            ),
        ),
    ),
)

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
            "`gen init --from` creates a project that renders the same objects it has read, or writes "
            "nothing. It parses as strictly as for values files, but reads ambiguous scalars as kubectl does."
        ),
        rules=(
            Rule(
                "init/object",
                title="Document that is not an object",
                why="A manifest is a mapping with apiVersion, kind and metadata.name.",
                fix="Pass the output of `helm template` or `kubectl kustomize`, or a folder of manifests.",
            ),
            Rule(
                "init/empty",
                title="No manifests found",
                why="A given file or folder contains no object that gen can use.",
                fix="Pass another file or folder.",
            ),
            Rule(
                "init/duplicate",
                title="Duplicate object",
                why=(
                    "Two objects have the same identity, and kubectl would apply the later one over the "
                    "first."
                ),
                fix="Remove one of them. If several environments share a folder, pass a folder for each.",
            ),
            Rule(
                "init/secret",
                title="Omitted Secret",
                why="It contains values, and templates are committed; the history would keep them.",
                fix="Create it by hand, as a SealedSecret, or with External Secrets Operator.",
                severity=Severity.WARNING,
            ),
            Rule(
                "init/read-as",
                title="Ambiguous scalar read as kubectl reads it",
                why=(
                    "YAML parsers disagree on it. gen takes kubectl's reading, since that is what the "
                    "cluster has."
                ),
                fix=(
                    "Check that this is what you mean. In the template it is written so that every parser "
                    "agrees."
                ),
                severity=Severity.WARNING,
            ),
            Rule(
                "init/number",
                title="Number not representable in JSON",
                why="Infinity, NaN and integers beyond 64 bits cannot be part of an object.",
                fix="Quote it if it is a string.",
            ),
            Rule(
                "init/null-field",
                title="Omitted null",
                why="The object's schema does not allow null there, and the API server treats it as absent.",
                fix="No action is needed. To silence the warning, remove the null from the manifests.",
                severity=Severity.WARNING,
            ),
            Rule(
                "init/null",
                title="Null in a difference between environments",
                why="Null in a values file removes an inherited value, so no value can be null.",
                fix="Remove the null from the manifests, if the field may be absent.",
            ),
            Rule(
                "init/differs",
                title="Object not reproduced as it was read",
                why="gen compares every object before it writes the project. This is a bug in gen.",
                fix="Report it with the object.",
            ),
        ),
    ),
)

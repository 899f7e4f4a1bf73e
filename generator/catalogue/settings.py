"""What is wrong with gen.yaml."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Severity

SECTIONS: Final = (
    Section(
        title="Project settings",
        scope="gen.yaml",
        intro=(
            "`gen.yaml` is parsed as strictly as values files, and validated against a schema of its own; "
            "those errors use the ids above. See [settings.md](settings.md)."
        ),
        examples=("settings-form", "settings-gitops-form"),
        rules=(
            Rule(
                "settings/environment",
                title="Unknown environment",
                why=(
                    "gen.yaml names an environment that has no values file, so the entry would have no "
                    "effect."
                ),
                fix="Correct the name, or add the values file.",
            ),
            Rule(
                "settings/fixed",
                title="Severity that cannot be changed",
                why=(
                    "The rule protects secrets, the sources or the form of the output, and a pull request "
                    "can change gen.yaml. The severity of a project's own rule is set in schema/rules.yaml."
                ),
                fix="Remove the entry, and correct what the rule reports.",
            ),
            Rule(
                "settings/gitops",
                title="Missing or conflicting GitOps engine",
                why=(
                    "Flux and Argo CD use different objects, and two engines would fight over the same "
                    "cluster."
                ),
                fix="Name one engine under `gitops`: `flux: {}` or `argocd: {}`.",
            ),
            Rule(
                "settings/gitops-name",
                title="Environment name unusable by the GitOps engine",
                why="The engine's objects are named after the environment, and Kubernetes rejects the name.",
                fix=(
                    "Rename the environment, shorten gitops.name, or leave the environment out of "
                    "gitops.environments."
                ),
            ),
            Rule(
                "settings/ignore",
                title="Overly broad `ignore` entry",
                why=(
                    "An entry under `ignore` accepts a finding in one place. Without an object or a path, it "
                    "would accept every finding of the rule, including future ones."
                ),
                fix="Add `object` or `path`, or change the rule under `severity`.",
            ),
            Rule(
                "settings/kubernetes",
                title="Unsupported Kubernetes version",
                why=(
                    "gen has API schemas for certain Kubernetes versions only, and cannot check against this "
                    "one."
                ),
                fix="Choose one of the versions listed in the message.",
            ),
            Rule(
                "settings/path",
                title="Path missing or outside the project",
                why="Files that a project depends on must be part of it.",
                fix="Write the path relative to gen.yaml, with `/` and without `..`.",
            ),
            Rule(
                "settings/rule",
                title="Unknown rule",
                why="gen.yaml names a rule that gen does not have, so the entry has no effect.",
                fix=(
                    "Use the id in the brackets of the message; docs/reference/diagnostics.md lists all of "
                    "them."
                ),
            ),
            Rule(
                "settings/unneeded",
                title="Unneeded `ignore` entry",
                why=(
                    "`gen check --all` reported nothing, in any environment, that this entry under `ignore` "
                    "applies to."
                ),
                fix="Remove the entry.",
                severity=Severity.WARNING,
            ),
        ),
    ),
)

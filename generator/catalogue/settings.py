"""What is wrong with gen.yaml."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Severity

SECTIONS: Final = (
    Section(
        title="Settings of the project",
        scope="gen.yaml",
        intro=(
            "`gen.yaml` is read as strictly as values files are, and validated against a schema of its own;"
            " those errors have the ids above. See [settings.md](settings.md)."
        ),
        examples=("settings-form", "settings-gitops-form"),
        rules=(
            Rule(
                "settings/environment",
                title="Environment that does not exist",
                why=(
                    "gen.yaml names an environment without a values file. What it says about it would have "
                    "no effect."
                ),
                fix="Correct the name, or add the values file.",
            ),
            Rule(
                "settings/fixed",
                title="Severity that cannot be changed",
                why=(
                    "The rule protects secrets, the sources or the form of the output, and gen.yaml comes "
                    "with pull requests. The severity of a project's own rule is set in schema/rules.yaml."
                ),
                fix="Remove the entry, and correct what the rule finds.",
            ),
            Rule(
                "settings/gitops",
                title="GitOps engine that is not named",
                why="Flux and Argo CD have different objects, and two engines would fight over one cluster.",
                fix="Name one engine under `gitops`: `flux: {}` or `argocd: {}`.",
            ),
            Rule(
                "settings/gitops-name",
                title="Environment that the engine has no name for",
                why="The engine's objects are called after the environment, and Kubernetes refuses the name.",
                fix="Rename the environment, shorten gitops.name, or leave it out under gitops.environments.",
            ),
            Rule(
                "settings/ignore",
                title="Entry that would ignore everything",
                why=(
                    "An entry under `ignore` accepts a finding in one place. Without an object or a path it"
                    " would accept every finding of the rule, also those of the future."
                ),
                fix="Add `object` or `path`, or change the rule under `severity`.",
            ),
            Rule(
                "settings/kubernetes",
                title="Kubernetes version without schemas",
                why=(
                    "gen has the API schemas of certain Kubernetes versions only, and cannot check against "
                    "this one."
                ),
                fix="Choose one of the versions that the message lists.",
            ),
            Rule(
                "settings/path",
                title="Path that leads nowhere, or outside the project",
                why="Files that a project depends on must be part of it.",
                fix="Write the path relative to gen.yaml, with `/` and without `..`.",
            ),
            Rule(
                "settings/rule",
                title="Rule that does not exist",
                why="gen.yaml names a rule that gen does not have, so the entry has no effect.",
                fix="Use the id in the brackets of the message; docs/reference/diagnostics.md lists them.",
            ),
            Rule(
                "settings/unneeded",
                title="Ignored finding that no longer occurs",
                why=(
                    "`gen check --all` found nothing in any environment that needs this entry under `ignore`."
                ),
                fix="Remove the entry.",
                severity=Severity.WARNING,
            ),
        ),
    ),
)

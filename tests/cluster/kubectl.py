"""kubectl against one control plane, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Answer = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Kubectl:
    """One kubectl program and the control plane it talks to; nothing of the user's own settings is read."""

    program: Path
    kubeconfig: Path

    def __call__(self, *arguments: str | Path, stdin: str = "") -> Answer:
        """Run it, whatever comes of it."""
        return subprocess.run(
            [self.program, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "KUBECONFIG": str(self.kubeconfig),
                "KUBECACHEDIR": str(self.kubeconfig.parent / "kubectl"),
            },
        )

    def must(self, *arguments: str | Path, stdin: str = "") -> str:
        """What it prints when it succeeds, without a word on the error stream."""
        answer = self(*arguments, stdin=stdin)
        assert (answer.returncode, answer.stderr) == (0, ""), (
            f"kubectl {arguments}:\n{answer.stderr}{answer.stdout[-2000:]}"
        )
        return answer.stdout

    def roll_out(self, deployment: str, namespace: str) -> None:
        """Wait until every replica is available; a failure shows what became of the pods."""
        answer = self("rollout", "status", f"deployment/{deployment}", "-n", namespace, "--timeout=60s")
        if "successfully rolled out" not in answer.stdout:
            raise AssertionError(
                answer.stdout + answer.stderr + self.must("describe", "pods", "-n", namespace)
            )

    def get(self, kind: str, name: str, namespace: str = "default") -> dict[str, Any]:
        """An object as the server stores it."""
        found: dict[str, Any] = json.loads(self.must("get", kind, name, "-n", namespace, "-o", "json"))
        return found

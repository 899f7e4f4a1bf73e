"""Programs that do nothing but remember: az, docker, kind, kubectl, and gen where it would need a network.

Each writes what it was called with into `calls`, a JSON list a line behind the status that it ended with.
What they answer follows from what was made before: a cluster is there once it was created, and gone once it
was deleted. `ANSWERS` holds more of it, by the beginning of a command; the longest that fits counts, and a
number is an exit status.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# What makes a thing, takes it away, and asks for it.
THINGS = [
    (["az group create"], "az group delete", "az group exists"),
    (["az acr create"], "az acr delete", "az acr show"),
    (["az acr build", "docker push"], "az acr repository delete", "az acr repository show"),
    (["az aks create"], "az aks delete", "az aks show"),
    (["az aks update"], "az acr delete", "az role assignment list"),
    (["az acr token create"], "az acr token delete", "az acr token show"),
    (["kind create cluster"], "kind delete cluster", "kind get clusters"),
]
ANSWERS: Mapping[str, str | int] = {
    "az account show --query id": "11111111-2222-3333-4444-555555555555",
    "az account show": "A subscription",
    "az provider show": "Registered",
    "az vm list-skus": "standardDSv5Family\t4",
    "az vm list-usage": "10\t100",
    "az acr check-name": "true",
    "az acr show --name ganregistry --query loginServer": "ganregistry.azurecr.io",
    "az acr show --name ganregistry --query id": "/subscriptions/1/registries/ganregistry",
    "az aks show --resource-group gan --name gan --query identityProfile": "00000000-1111",
    "az acr login --name ganregistry --expose-token": '{"loginServer": "ganregistry.azurecr.io"}',
    "az acr token credential generate": json.dumps(
        {"username": "pull-gan-serving-gan", "passwords": [{"name": "password1", "value": "not a secret"}]}
    ),
}
PROGRAMS = ("az", "docker", "kind", "kubectl", "gen")


class World:
    """A folder of such programs, and what was asked of them."""

    def __init__(self, folder: Path, without: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in PROGRAMS:
            if name not in without:
                program = self.programs / name
                program.write_text(f"#!{sys.executable} -S\nimport sys\nsys.path[:0] = {sys.path!r}\n{_CALL}")
                program.chmod(0o755)
        self.answer()

    def answer(self, **others: str | int) -> None:
        """Let commands answer differently from now on; `_` in a name stands for a blank."""
        answers = {**ANSWERS, **{name.replace("_", " "): answer for name, answer in others.items()}}
        (self.folder / "answers").write_text(json.dumps(answers))

    @property
    def environment(self) -> dict[str, str]:
        """For whoever is to find these programs."""
        return {**os.environ, "PATH": f"{self.programs}:/usr/bin:/bin", "WORLD": str(self.folder)}

    @property
    def calls(self) -> list[list[str]]:
        return [call for _, *call in _calls(self.folder)]

    @property
    def said(self) -> list[str]:
        """The calls as lines."""
        return [" ".join(call) for call in self.calls]

    def forget(self) -> None:
        """Have made nothing, and been asked nothing."""
        (self.folder / "calls").unlink(missing_ok=True)


_CALL = "from tests.provision.world import answer\nsys.exit(answer(sys.argv))\n"


def _calls(folder: Path) -> Iterator[list[Any]]:
    """Every call so far, behind its exit status."""
    file = folder / "calls"
    yield from map(json.loads, file.read_text().splitlines() if file.is_file() else ())


def answer(arguments: list[str]) -> int:
    """One call of a program: its exit status; what it says goes to standard output."""
    folder, name = Path(os.environ["WORLD"]), Path(arguments[0]).name
    call = [name, *arguments[1:]]
    if name == "gen" and call[1] not in ("pin", "verify"):
        os.execv(sys.executable, [sys.executable, "-m", "generator", *call[1:]])
    if name == "gen" and call[1] == "pin":
        sys.stdin.read()
    status, said = _answered(folder, " ".join(call))
    with (folder / "calls").open("a") as file:
        file.write(json.dumps([status, *call]) + "\n")
    sys.stdout.write(f"{said}\n" if said else "")
    return status


def _answered(folder: Path, line: str) -> tuple[int, str]:
    """The exit status and the words for a call, by what is to be said and by what was made before."""
    answers = json.loads((folder / "answers").read_text())
    if fits := [start for start in answers if line.startswith(start)]:
        said = answers[max(fits, key=len)]
        return (said, "") if isinstance(said, int) else (0, said)
    for makes, takes, asks in THINGS:
        if line.startswith(asks):
            there = _is_there(folder, makes, takes, _image(line))
            if asks in _SAYS:
                return 0, _SAYS[asks][there]
            return 0 if there else 3, ""
    return 0, ""


_SAYS = {  # what is said where a thing is not there, and where it is; others say it by their status
    "kind get clusters": ("", "gan"),
    "az group exists": ("false", "true"),
    "az role assignment list": ("", "an assignment"),
}


def _image(line: str) -> str:
    """The image that a line names, with its tag; others are images of their own."""
    return line.partition("--image ")[2].partition(" ")[0]


def _is_there(folder: Path, makes: list[str], takes: str, image: str) -> bool:
    there = False
    for status, *call in _calls(folder):
        line = " ".join(map(str, call))
        if status == 0:
            made = line.startswith(tuple(makes)) and image in line
            there = (there or made) and not line.startswith(takes)
    return there

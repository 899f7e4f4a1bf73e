"""The options of `gen deploy`: what is approved, whose objects and fields are taken, and what goes."""

from __future__ import annotations

from typing import Annotated

import typer

_OBJECT = "KIND/NAME"

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Approve the plan; else gen asks.")]
Adopt = Annotated[bool, typer.Option("--adopt", help="Take over objects that somebody else made.")]
ForceConflicts = Annotated[
    bool, typer.Option("--force-conflicts", help="Take fields that other managers own.")
]
Recreate = Annotated[
    list[str] | None,
    typer.Option(
        "--recreate",
        metavar=_OBJECT,
        help="Delete and create again an object that cannot be updated; may be given several times.",
    ),
]
Prune = Annotated[bool, typer.Option("--prune", help="Remove what was applied and is rendered no more.")]
PruneAlso = Annotated[
    list[str] | None,
    typer.Option(
        "--prune-also",
        metavar=_OBJECT,
        help="With --prune: a namespace, claim, volume or definition too; may be given several times.",
    ),
]
NoVerify = Annotated[
    bool, typer.Option("--no-verify", help="Do not ask the model, even if the values say what to expect.")
]

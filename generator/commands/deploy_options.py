"""The options of `gen deploy`: what is approved, whose objects and fields are taken, and what goes."""

from __future__ import annotations

from typing import Annotated

import typer

_OBJECT = "KIND/NAME"

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Approve the plan without being asked.")]
Adopt = Annotated[bool, typer.Option("--adopt", help="Take over objects that someone else created.")]
ForceConflicts = Annotated[
    bool, typer.Option("--force-conflicts", help="Take over fields that other managers own.")
]
Recreate = Annotated[
    list[str] | None,
    typer.Option(
        "--recreate",
        metavar=_OBJECT,
        help="Delete and recreate an object that cannot be updated; can be repeated.",
    ),
]
Prune = Annotated[bool, typer.Option("--prune", help="Remove applied objects that are no longer rendered.")]
PruneAlso = Annotated[
    list[str] | None,
    typer.Option(
        "--prune-also",
        metavar=_OBJECT,
        help="With --prune, also remove this namespace, claim, volume or definition; can be repeated.",
    ),
]
NoVerify = Annotated[
    bool, typer.Option("--no-verify", help="Do not query the model, even if the values say what to expect.")
]

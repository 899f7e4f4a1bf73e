"""git, asked without being trusted: the one module of the render line that starts a process.

What git does in a repository is decided by the repository's configuration, which can name programs
(`core.fsmonitor`, hooks, filters, promisor remotes). So git is never started in a repository as it is. It
gets an empty git folder of ours, whose configuration holds the few settings that change an answer and none
that starts anything, and beside that only data of the real repository: its index, objects, references and
`info/exclude`. Which repository that is, is decided here and not by git's own search, which takes any folder
with a `HEAD`, `objects/` and `refs/` for one, as a commit can hold.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from generator.diagnostics import DiagnosticError, unknown

_POINTER: Final = 4096  # bytes of a file that leads to a git folder
_SECONDS: Final = 60  # a pattern of a .gitignore may take for ever
_SETTINGS: Final = (  # what changes an answer, and starts nothing
    "core.excludesfile",
    "core.ignorecase",
    "core.precomposeunicode",
    "extensions.objectformat",
)
_NOTHING_RUNS: Final = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.untrackedCache": "false",
    "protocol.allow": "never",
}
_OF_THE_USER: Final = ("HOME", "XDG_CONFIG_HOME", "TMPDIR")
_FIXED: Final = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
}
_COMMON: Final = ("refs", "packed-refs", "logs", "shallow", "info")


class Repository(NamedTuple):
    """A repository: the top of its work tree, its git folder, and the folder that its work trees share."""

    top: Path
    folder: Path
    common: Path


def find(start: Path, project: Path | None = None) -> Repository | None:
    """The repository that commits what is in a folder, as real paths; None where it is in none.

    Inside of a project, a repository counts only if git on this machine made it: as a submodule or a work
    tree of the repository around it. Raises `DiagnosticError` (exit 3) for others, and for a `.git` that
    leads to none.
    """
    for top in (start, *start.parents):
        if os.path.lexists(top / ".git"):
            found = _repository(top)
            if project is not None and top != project and top.is_relative_to(project):
                around = find(project)
                if around is None or not _made_by(around, found):
                    raise cannot_ask(top, "it is a repository inside of the project")
            return found
    return None


def _repository(top: Path) -> Repository:
    folder = _pointed(top / ".git") if (top / ".git").is_file() else top / ".git"
    shared = folder / "commondir"
    common = _pointed(shared) if shared.is_file() else folder
    if not (common / "objects").is_dir():
        raise cannot_ask(top, f"{top / '.git'} does not lead to a repository")
    return Repository(top, folder, common)


def _made_by(around: Repository, inner: Repository) -> bool:
    """Whether a repository is a submodule or a work tree of another; no commit can put one there."""
    folder = Path(os.path.realpath(inner.folder))
    homes = (Path(os.path.realpath(around.common / name)) for name in ("modules", "worktrees"))
    return any(folder != home and folder.is_relative_to(home) for home in homes)


def _pointed(file: Path) -> Path:
    """The folder that a `.git` or `commondir` file leads to (gitrepository-layout(5)).

    Raises `DiagnosticError` for a link: what lies at its end may be any file.
    """
    if file.is_symlink():
        raise cannot_ask(file.parent, f"{file} is a link to a file")
    with file.open("rb") as opened:
        text = os.fsdecode(opened.read(_POINTER)).removeprefix("gitdir:").strip()
    return Path(os.path.normpath(file.parent / text))


class Git(NamedTuple):
    """A repository that can be asked."""

    repository: Repository
    folder: str
    program: str

    def ask(self, *arguments: str | bytes, given: bytes = b"", fine: Sequence[int] = (0,)) -> bytes:
        """What git answers at the top of the work tree. Raises `DiagnosticError` (exit 3) where it fails."""
        top = self.repository.top
        try:
            asked = subprocess.run(  # noqa: S603 - the arguments are ours, and no shell reads them
                [self.program, *arguments],
                input=given,
                capture_output=True,
                cwd=top,
                env=self._environment(),
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise cannot_ask(top, str(error)) from None
        if asked.returncode not in fine:
            raise cannot_ask(top, asked.stderr.decode(errors="replace").strip())
        return asked.stdout

    def _environment(self) -> dict[str, str]:
        of_the_user = {name: os.environ[name] for name in _OF_THE_USER if name in os.environ}
        return {
            **of_the_user,
            **_FIXED,
            "GIT_DIR": self.folder,
            "GIT_WORK_TREE": str(self.repository.top),
            "GIT_INDEX_FILE": str(self.repository.folder / "index"),
            "GIT_OBJECT_DIRECTORY": str(self.repository.common / "objects"),
        }


@contextmanager
def asked(repository: Repository) -> Iterator[Git]:
    """The repository, to be asked within the block. Raises `DiagnosticError` (exit 3) where it cannot be."""
    program = _program(repository.top)
    with ExitStack() as stack:
        try:
            made = TemporaryDirectory(prefix="gen-git-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(made))
            _fill(folder, repository)
            _configure(folder, program, repository)
        except OSError as error:
            raise cannot_ask(repository.top, str(error)) from None
        yield Git(repository, str(folder), program)


def _fill(folder: Path, repository: Repository) -> None:
    """Put into a git folder of ours what git may see of the real one."""
    (folder / "HEAD").write_bytes((repository.folder / "HEAD").read_bytes()[:_POINTER])
    (folder / "objects").mkdir()
    for name in _COMMON:
        if (repository.common / name).exists():
            (folder / name).symlink_to((repository.common / name).absolute())
    for index in repository.folder.glob("sharedindex.*"):  # parts of a split index
        (folder / index.name).symlink_to(index.absolute())
    (folder / "refs").mkdir(exist_ok=True)


def _configure(folder: Path, program: str, repository: Repository) -> None:
    """Write our configuration, with what the real one says of the few settings that change an answer."""
    sections: dict[str, dict[str, str]] = {"core": {"bare": "false"}, "extensions": {}, "protocol": {}}
    for name, value in (*_settings(folder, program, repository), *_NOTHING_RUNS.items()):
        section, _, key = name.partition(".")
        sections[section][key] = value
    version = int(bool(sections["extensions"]))
    sections["core"]["repositoryformatversion"] = str(version)
    lines = []
    for section, entries in sections.items():
        lines += [f"[{section}]", *(f"{key} = {_quoted(value)}" for key, value in entries.items())]
    (folder / "config").write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")


def _settings(folder: Path, program: str, repository: Repository) -> Iterator[tuple[str, str]]:
    git = Git(repository, str(folder), program)
    wanted = f"^({'|'.join(_SETTINGS)})$".replace(".", r"\.")
    for file in (repository.common / "config", repository.folder / "config.worktree"):
        if file.is_file():
            # A setting without a value is true, and is the one without a line break behind its name.
            said = git.ask(
                "config", "--file", str(file), "--includes", "-z", "--get-regexp", wanted, fine=(0, 1)
            )
            for entry in said.split(b"\0")[:-1]:
                name, has_value, value = os.fsdecode(entry).partition("\n")
                yield name.lower(), value if has_value else "true"


def _quoted(value: str) -> str:
    for character, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        value = value.replace(character, written)
    return f'"{value}"'


def _program(top: Path) -> str:
    """Where git is; not in a folder of the work tree, as a commit may hold a program of that name."""
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(entry, "git")
        inside = path.is_absolute() and Path(os.path.realpath(path)).is_relative_to(os.path.realpath(top))
        if path.is_absolute() and not inside and path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise cannot_ask(top, "git is not installed")


def cannot_ask(top: Path, reason: str) -> DiagnosticError:
    """The error where git gives no answer that can be believed."""
    return unknown("git/failed", f"cannot ask git about {top}", "check that git works there", found=reason)

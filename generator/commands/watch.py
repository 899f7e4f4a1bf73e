"""`gen render --watch`: render again whenever a source is saved, and show what that changes.

The package `watchfiles` says when to look, and the files themselves what changed. Where only values did, the
templates and the schema are not read again, and only the environments that have those values are rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from generator.commands.targets import Target
from generator.core.settings import NAME as SETTINGS
from generator.diagnostics import DiagnosticError, not_installed
from generator.project import DiskProject
from generator.report.reporter import Reporter

_FOLDERS: Final = ("templates", "values", "schema")
_STEP: Final = 5  # milliseconds without a change, after which what was saved is taken to be whole
_PATIENCE: Final = 500  # milliseconds until the next look where nothing says that there was a change

Choose = Callable[[DiskProject], list[Target]]
Render = Callable[[DiskProject, Sequence[Target], Sequence[Target]], None]
State = dict[str, tuple[int, int, int]]


def watch(project: DiskProject, choose: Choose, render: Render, reporter: Reporter) -> None:
    """Render what a command line chooses, and again after every change, until the user interrupts it.

    `render` gets the project, the targets that are touched, and all of them; it raises `DiagnosticError`
    where it writes nothing. Raises `DiagnosticError` where watching needs
    what is not installed.
    """
    session = _Session(project, choose, render, reporter)
    watcher = _watcher()
    with suppress(KeyboardInterrupt):
        before = session.state()
        session.round()
        for _ in _looks(session, watcher):
            after = session.state()
            if changed := {name for name, _ in before.items() ^ after.items()}:
                before = after
                session.after(changed)


class _Session:
    """A project while it is watched. `waiting` holds the changes that no output shows yet."""

    def __init__(self, project: DiskProject, choose: Choose, render: Render, reporter: Reporter) -> None:
        self.project = project
        self.waiting: set[str] = set()
        self._choose = choose
        self._render = render
        self._reporter = reporter

    @property
    def folders(self) -> list[str]:
        """What is watched below the project's root, as far as it is there."""
        known = self.project.line.settings.custom_resources if self.project.has_line else ()
        return [name for name in (*_FOLDERS, *known) if (self.project.root / name).exists()]

    def state(self) -> State:
        """Every source with what tells its states apart; without what editors write while they save."""
        found: State = {}
        with suppress(DiagnosticError):  # a round says what is wrong with a folder
            names = [name for folder in self.folders for name in self.project.tree.names(folder)]
            for name in (SETTINGS, *(name for name in names if not name.endswith("~"))):
                with suppress(OSError):
                    about = (self.project.root / name).stat()
                    found[name] = about.st_mtime_ns, about.st_size, about.st_ino
        return found

    def after(self, changed: set[str]) -> None:
        """Render what some changes touch."""
        self.waiting |= changed
        names = sorted(changed)
        self._reporter.result([f"changed: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}"], {})
        self.round(keep_line=all(name.startswith("values/") for name in changed))

    def round(self, keep_line: bool = False) -> None:
        """Render what waits; at first everything."""
        try:
            if self.waiting:
                self.project = self.project.again(keep_line)
            chosen = self._choose(self.project)
            self._render(self.project, self._touched(chosen), chosen)
            self.waiting.clear()
        except DiagnosticError as error:
            self._reporter.diagnostics(error.diagnostics)
            self.waiting.add("")  # until something is written, everything has to be
        self._reporter.flush()

    def _touched(self, chosen: list[Target]) -> list[Target]:
        """The targets that have what changed among their values; all where it is of none, or of all."""
        layers = {target.name: set(self.project.layer_names(target.name)) for target in chosen}
        if not self.waiting or self.waiting - set().union(*layers.values()):
            return chosen
        return [target for target in chosen if not target.rendered or layers[target.name] & self.waiting]


def _watcher() -> Callable[..., Iterator[object]]:
    try:
        from watchfiles import watch
    except ImportError as error:
        raise not_installed("watching", error, "watch") from None
    return partial(watch, watch_filter=None, step=_STEP, rust_timeout=_PATIENCE, yield_on_timeout=True)


def _looks(session: _Session, watcher: Callable[..., Iterator[object]]) -> Iterator[None]:
    """A moment to look for changes, whenever there was one, and from time to time."""
    while True:
        folders = session.folders
        for _ in watcher(*(session.project.root / name for name in folders)):
            yield
            if session.folders != folders:
                break

"""Run `gen` on trees and report all it did: `python -m tests.hard.watched < jobs > reports`, JSON a line.

gen is imported once; every run is a child of its own, with limits on CPU time and memory and with an audit
hook (PEP 578) that notes each file, process and connection that Python code asks for. What the hook cannot
see, git's own doings, is seen by `strace` around this program where there is one.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

CPU = 20  # seconds
MEMORY = 2 << 30  # bytes of address space
OUTPUT = 64 << 20  # bytes of any file

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_READ = ("os.listdir", "os.scandir")
# Events that change an entry of a folder: where their arguments hold its path, and a relative one's folder.
_WRITTEN = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    "os.symlink": ((1, 2),),
    "os.link": ((0, 2), (1, 3)),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.truncate": ((0, 9),),
    "os.setxattr": ((0, 9),),
}
_STARTED = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "pty.spawn")
_CONNECTED = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "urllib.Request")


class Notes:
    """What one run asked for: what it read, wrote and started, and where it connected to."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.written: set[str] = set()
        self.started: set[str] = set()
        self.connected: set[str] = set()

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note one event of the interpreter."""
        if event == "open":
            path, _, flags = arguments
            # A relative path may be meant in a folder that the event does not name; the tracer sees those.
            if isinstance(path, str | bytes | os.PathLike) and os.path.lexists(path):
                notes = self.written if (flags or 0) & _WRITING else self.read
                notes.add(os.path.realpath(os.fsdecode(path)))
        elif event in _READ:
            if isinstance(place := arguments[0] if arguments else ".", str | bytes):
                self.read.add(os.path.realpath(os.fsdecode(place)))
        elif event in _WRITTEN:
            for path, folder in _WRITTEN[event]:
                self.written.add(
                    _entry(arguments[path], arguments[folder] if folder < len(arguments) else -1)
                )
        elif event in _STARTED:
            self.started.add(str(arguments[0]))
        elif event in _CONNECTED:
            self.connected.add(f"{event} {arguments[1:] if event == 'socket.connect' else arguments[:2]}")


def _entry(path: Any, folder: int | None) -> str:
    """An entry of a folder, itself and not what it leads to, with the folder's real path."""
    if isinstance(path, int):
        return os.path.realpath(f"/proc/self/fd/{path}")
    parent, _, name = os.fsdecode(path).rstrip("/").rpartition("/")
    start = "." if folder is None or folder < 0 else f"/proc/self/fd/{folder}"
    top = "/" if os.fsdecode(path)[:1] == "/" else "."
    return f"{os.path.realpath(Path(start, parent or top))}/{name}"


def run(arguments: list[str], folder: str, streams: Path) -> dict[str, Any]:
    """One command in a folder, in a child process, and what it did."""
    files = {name: streams / name for name in ("out", "err", "notes")}
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _become(arguments, folder, files)
    _, ended, used = os.wait4(child, 0)
    report: dict[str, Any] = {
        "command": arguments,
        "status": os.waitstatus_to_exitcode(ended),
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss << 10,
        "pid": child,
        **{name: path.read_bytes().decode("utf-8", "surrogateescape") for name, path in files.items()},
    }
    report["notes"] = json.loads(report["notes"] or "{}")
    for path in files.values():
        path.unlink()
    return report


def _become(arguments: list[str], folder: str, files: dict[str, Path]) -> None:
    """The child: gen on a command line. Never returns."""
    status = 70
    notes = Notes()
    try:
        notes_file = os.open(files["notes"], os.O_WRONLY | os.O_CREAT)
        for name, number in (("out", 1), ("err", 2)):
            opened = os.open(files[name], os.O_WRONLY | os.O_CREAT)
            os.dup2(opened, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(folder)
        for kind, limit in (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_FSIZE, OUTPUT),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(kind, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
        sys.argv = ["gen", *arguments]
        from generator import cli

        sys.addaudithook(notes.hook)
        status = cli.run()
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(
            notes_file,
            json.dumps({name: sorted(seen) for name, seen in vars(notes).items()}).encode("utf-8", "replace"),
        )
    finally:
        os._exit(status)


def main() -> None:
    """Read a job a line, `{"folder": …, "commands": […]}`, and report each run on a line."""
    import generator.commands.check
    import generator.commands.explain
    import generator.commands.list
    import generator.commands.render
    import generator.commands.schema
    import generator.commands.verify  # noqa: F401

    streams = Path(os.environ["TMPDIR"])
    for line in sys.stdin:
        job = json.loads(line)
        for command in job["commands"]:
            report = {"folder": job["folder"], **run(command.split(), job["folder"], streams)}
            sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()

"""What processes did, as `strace` saw it: the files they opened or changed, the programs they started."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

STRACE = shutil.which("strace")
_READ = "open,openat,openat2"
_CHANGE = (
    "creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,symlink,symlinkat,link,linkat,mknod,mknodat,"
    "chmod,fchmodat,chown,lchown,fchownat,truncate,utimensat"
)
_NET = "connect,bind,sendto"
_START = "execve,execveat"
_CHILD = "fork,vfork,clone,clone3"

_LINE = re.compile(r"(?P<pid>\d+) +(?P<call>[a-z0-9_]+)\((?P<arguments>.*)\) += (?P<result>.*)")
_UNFINISHED = re.compile(r"(?P<pid>\d+) +(?P<start>.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(?P<pid>\d+) +<\.\.\. [a-z0-9_]+ resumed>(?P<rest>.*)")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<(?P<folder>[^>]*)>, )?"(?P<name>(?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-f]{2}|.)")
_SIGNS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f"}


class Event(NamedTuple):
    """One call that mattered: by which process, `read`, `change`, `start` or `connect`, and what."""

    pid: int
    what: str
    path: str


def command(log: Path) -> list[str]:
    """What to put before a command so that it is traced, with all it starts."""
    calls = ",".join((_READ, _CHANGE, _NET, _START, _CHILD))
    return [
        str(STRACE),
        "-f",
        "-qq",
        "-y",
        "-s",
        "4096",
        "--seccomp-bpf",
        "-e",
        f"trace={calls}",
        "-e",
        "signal=none",
        "-o",
        str(log),
    ]


def events(log: Path) -> tuple[list[Event], dict[int, int]]:
    """The events of a trace, and the parent of each process."""
    found: list[Event] = []
    parents: dict[int, int] = {}
    for line in _whole(log):
        match = _LINE.match(line)
        if match is None:
            continue
        pid, call, arguments, result = int(match["pid"]), match["call"], match["arguments"], match["result"]
        if call in _CHILD.split(","):
            if result.split()[0].isdigit():
                parents[int(result.split()[0].partition("<")[0])] = pid
        elif call in _NET.split(","):
            if "AF_UNIX" not in arguments or call == "connect":
                found.append(Event(pid, "connect", arguments))
        elif call in _START.split(","):
            found.append(Event(pid, "start", _unescaped(_PATH.search(arguments)["name"])))  # type: ignore[index]
        elif call in _READ.split(","):
            found += _opened(pid, arguments, result)
        else:
            _, comma, place = arguments.partition('", ')  # what a link holds is no path that is used
            paths = _paths(place if call.startswith("symlink") and comma else arguments)
            found += [Event(pid, "change", path) for path in paths]
    return found, parents


def _opened(pid: int, arguments: str, result: str) -> Iterator[Event]:
    writing = re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments)
    what = "change" if writing else "read"
    real = re.match(r"\d+<(?P<path>.*)>$", result)
    if real:
        yield Event(pid, what, _unescaped(real["path"]))
    else:
        yield from (Event(pid, what, path) for path in _paths(arguments))


def _paths(arguments: str) -> Iterator[str]:
    """The paths among the arguments of a call, made absolute, links not followed."""
    for match in _PATH.finditer(arguments):
        name = _unescaped(match["name"])
        yield os.path.normpath(f"{_unescaped(match['folder'] or '')}/{name}" if name[:1] != "/" else name)


def _unescaped(text: str) -> str:
    def sign(match: re.Match[bytes]) -> bytes:
        code = match[1]
        if code[:1].isdigit():
            return bytes([int(code, 8)])
        return bytes([int(code[1:], 16)]) if code[:1] == b"x" and len(code) == 3 else _SIGNS.get(code, code)

    return _ESCAPE.sub(sign, text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _whole(log: Path) -> Iterator[str]:
    """The lines of a trace, with the two halves of an interrupted call put together."""
    halves: dict[str, str] = {}
    with log.open(encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            if started := _UNFINISHED.match(line):
                halves[started["pid"]] = started["start"]
            elif ended := _RESUMED.match(line):
                yield f"{ended['pid']} {halves.pop(ended['pid'], '')}{ended['rest']}"
            else:
                yield line.rstrip("\n")

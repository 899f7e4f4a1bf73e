"""Layers and manifests of OCI images, without Docker (opencontainers/image-spec: layer.md, manifest.md)."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True)
class Layer:
    """A layer that lies in a folder of blobs: the digests of its file and of the tar inside, and its size."""

    digest: str
    contents: str
    size: int


class _Hashing:
    """A file that is only written to, and knows the digest of what was written."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        written: int = self._target.write(data)
        return written

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


class Tree:
    """The files of a layer, added one by one; owned by root, readable for everybody."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._folders: set[PurePosixPath] = set()

    def folder(self, name: str) -> None:
        for path in [*reversed(PurePosixPath(name).parents), PurePosixPath(name)]:
            if path.name and path not in self._folders:
                self._folders.add(path)
                entry = tarfile.TarInfo(str(path))
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                self._archive.addfile(entry)

    def link(self, name: str, target: str) -> None:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        self._archive.addfile(entry)

    def file(self, path: Path, name: str, program: bool = False) -> None:
        """A file or link; its time is kept, because Python compares it with the time in compiled modules."""
        self.folder(str(PurePosixPath(name).parent))
        entry = self._archive.gettarinfo(path, name)
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = int(entry.mtime)
        entry.mode |= 0o555 if program or entry.mode & 0o100 else 0o444
        if entry.isreg():
            with path.open("rb") as content:
                self._archive.addfile(entry, content)
        else:
            self._archive.addfile(entry)

    def all(self, folder: Path, name: str, leave_out: Callable[[Path], bool] = lambda path: False) -> None:
        """Every file below a folder; `leave_out` sees paths relative to it."""
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if not path.is_dir() and not leave_out(relative):
                self.file(path, f"{name}/{relative}")


def layer(blobs: Path, fill: Callable[[Tree], None]) -> Layer:
    """Write a layer that `fill` fills into a folder of blobs named by their digests."""
    part = blobs / "part"
    with part.open("wb") as file:
        outer = _Hashing(file)
        with gzip.GzipFile("", "wb", 1, cast(BinaryIO, outer), mtime=0) as packed:
            inner = _Hashing(packed)
            with tarfile.open(fileobj=cast(BinaryIO, inner), mode="w|", format=tarfile.PAX_FORMAT) as archive:
                fill(Tree(archive))
    part.rename(blobs / outer.digest)
    return Layer(outer.digest, inner.digest, (blobs / outer.digest).stat().st_size)


def kept(blobs: Path, name: str, fill: Callable[[Tree], None]) -> Layer:
    """A layer by a name that stands for its contents, made unless it is there."""
    record = blobs / f"{name}.json"
    with suppress(OSError, ValueError, TypeError):
        return Layer(**json.loads(record.read_text()))
    made = layer(blobs, fill)
    record.write_text(json.dumps(asdict(made)))
    return made


def image(blobs: Path, layers: Iterable[Layer], config: dict[str, Any]) -> bytes:
    """The manifest of an image of these layers; its configuration becomes a blob as well."""
    layers = list(layers)
    root = {"type": "layers", "diff_ids": [part.contents for part in layers]}
    content = json.dumps({"architecture": "amd64", "os": "linux", "config": config, "rootfs": root}).encode()
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    (blobs / digest).write_bytes(content)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": _CONFIG, "digest": digest, "size": len(content)},
        "layers": [{"mediaType": _LAYER, "digest": part.digest, "size": part.size} for part in layers],
    }
    return json.dumps(manifest).encode()


def archive(path: Path, blobs: Path, manifest: bytes, name: str) -> None:
    """Write an image as one file that `ctr images import` takes (image-layout.md), under a name."""
    digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    (blobs / digest).write_bytes(manifest)
    parts = json.loads(manifest)
    entry = {
        "mediaType": MANIFEST,
        "digest": digest,
        "size": len(manifest),
        "annotations": {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name},
    }
    with tarfile.open(path, "w") as made:
        tree = Tree(made)
        for part in (digest, parts["config"]["digest"], *(part["digest"] for part in parts["layers"])):
            tree.file(blobs / part, f"blobs/sha256/{part.removeprefix('sha256:')}")
        for file, text in (
            ("oci-layout", {"imageLayoutVersion": "1.0.0"}),
            ("index.json", {"schemaVersion": 2, "manifests": [entry]}),
        ):
            written = path.with_name(f"{path.name}.{file}")
            written.write_text(json.dumps(text))
            tree.file(written, file)
            written.unlink()

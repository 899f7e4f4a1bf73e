"""What `gen verify --env` takes from a tree: the expectations of values, and the samples that they name."""

from __future__ import annotations

from tests.hard.trees.tree import Entry, Folder, Link, Pipe, Sparse, Tree

SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: { name: gan, namespace: default }\nspec:\n"
    "  selector: { a: b }\n  ports:\n  - { name: grpc, port: 8500 }\n"
)
COMMANDS = ("check --env dev", "verify --env dev", "verify --env dev --format json")


def _sample(file: str, files: dict[str, Entry] | None = None) -> dict[str, Entry]:
    """An environment whose values name a file to send."""
    quoted = file.replace("'", "''")
    return {
        "values/dev.yaml": f"models: {{gan: {{}}}}\nverify: {{inputs: [{{file: '{quoted}'}}]}}\n",
        "templates/service.yaml.j2": SERVICE,
        **(files or {}),
    }


# What leads outside, or is no regular file: none of these may be read, let alone sent to a server.
OUTSIDE = {
    "an absolute path": _sample("/etc/passwd"),
    "a path upwards": _sample("../outside/values.yaml"),
    "a pattern upwards": _sample("../outside/*"),
    "an absolute pattern": _sample("/etc/pass*"),
    "a folder upwards": _sample(".."),
    "the root": _sample("/"),
    "standard input": _sample("-"),
    "a device": _sample("/dev/zero"),
    "the environment": _sample("/proc/self/environ"),
    "a link outside": _sample("s/a.json", {"s/a.json": Link("../../outside/values.yaml")}),
    "a folder that is a link": _sample("s", {"s": Link("../outside/values")}),
    "a pattern through a link": _sample("s/*", {"s": Link("../outside/values")}),
    "a link to a device": _sample("s/a.json", {"s/a.json": Link("/dev/zero")}),
    "a pipe": _sample("s/a.json", {"s/a.json": Pipe()}),
    "a huge file": _sample("s/a.json", {"s/a.json": Sparse(5 << 30)}),
    "the git configuration": _sample(".git/config"),
    "a folder that is hidden": _sample(".git"),
    "a pattern of everything": _sample("../**/*"),
    "an empty folder": _sample("s", {"s": Folder()}),
    "a zero byte": _sample("a\\0b"),
}

TREES = [
    *(Tree(f"a sample is {what}", files, commands=COMMANDS) for what, files in OUTSIDE.items()),
    Tree("expectations that are none", {"values/dev.yaml": "verify: {outputs: [], inputs: 5, latency: -1s}\n"}, commands=COMMANDS),
    Tree("expectations beyond any number", {"values/dev.yaml": "verify: {latency: " + "9" * 5000 + "s}\n"}, commands=COMMANDS),
    Tree("a Service that leads elsewhere", {
        "templates/service.yaml.j2": SERVICE + "  type: ExternalName\n  externalName: 127.0.0.1\n",
    }, commands=COMMANDS),
]  # fmt: skip

"""Links, pipes and folders in the place of sources and of the output, and files beyond any size."""

from __future__ import annotations

from tests.hard.trees.tree import BASE, CANARY, Entry, Folder, Link, Pipe, Sparse, Tree

SOURCES = [name for name in BASE if not name.startswith(".")]
FOLDERS = ["values", "templates", "schema"]
OUTSIDE = ("/etc/passwd", "../../outside/values.yaml", "/proc/self/environ", "/dev/zero", "/dev/stdin", "..")
HEAD = "# Made by gen from templates/configmap.yaml.j2; change that.\n"


def _below(folder: str, entry: Entry) -> dict[str, Entry]:
    """A folder of sources replaced."""
    return {**{name: None for name in BASE if name.startswith(f"{folder}/")}, folder: entry}


TREES = [
    *(
        Tree(f"{name} is a link to {target}", {name: Link(target)}, refused=name != "values/base.yaml" or True)
        for name in SOURCES
        for target in OUTSIDE
    ),
    *(Tree(f"{name} is a pipe", {name: Pipe()}, refused=True) for name in SOURCES),
    *(Tree(f"{name} is a folder", {name: Folder()}) for name in SOURCES),
    *(Tree(f"{name} is huge", {name: Sparse(3 << 30)}, refused=True) for name in SOURCES),
    *(Tree(f"{name} leads in circles", {name: Link(name.rpartition("/")[2])}, refused=True) for name in SOURCES),
    *(Tree(f"{folder}/ is a link outside", _below(folder, Link(f"../outside/{folder}"))) for folder in FOLDERS),
    *(Tree(f"{folder}/ is a pipe", _below(folder, Pipe())) for folder in FOLDERS),
    *(Tree(f"{folder}/ is a link to the root", _below(folder, Link("/"))) for folder in FOLDERS),
    *(Tree(f"{folder}/ is a link to the project", _below(folder, Link("."))) for folder in FOLDERS),
    Tree("a folder of values is a link", {"values/sub": Link("../../outside/values")}),
    Tree("a folder of templates is a link", {"templates/sub": Link("../../outside/templates")}),
    Tree("sealed values are a link", {"values/_dev.sealed.yaml": Link("../../outside/values.yaml")}, refused=True),
    Tree("a link goes through another link", {"values/x": Link("/"), "values/dev.yaml": Link("x/etc/passwd")}, refused=True),
    Tree("a values file is a link to the git configuration", {"values/dev.yaml": Link("../.git/config")}, refused=True),
    Tree("a template is a link to a rendered file", {"templates/a.yaml.j2": Link("../rendered/prod/x.yaml")}),
    Tree("rules are a link", {"schema/rules.yaml": Link("../../outside/values.yaml")}, refused=True),
    Tree("derived files are links outside", {
        "schema/README.md": Link("../../outside/precious.txt"),
        "schema/overlay.schema.json": Link("../../outside/precious.txt"),
    }),
    Tree("ten thousand links in a row", {f"values/l{n}": Link(f"l{n + 1}") for n in range(300)} | {"values/dev.yaml": Link("l0")}),
    Tree("many thousand values files", {f"values/m/{n}.yaml": "" for n in range(3000)}),
    Tree("folders nested a hundred deep", {"values/" + "d/" * 100 + "dev.yaml": ""}),
    # The output.
    Tree("rendered/ is a link outside", {"rendered": Link("../outside/rendered")}),
    Tree("rendered/ is a link to nothing", {"rendered": Link("../outside/new")}),
    Tree("rendered/ is a link to the project", {"rendered": Link(".")}),
    Tree("rendered/ is a pipe", {"rendered": Pipe()}),
    Tree("an environment's folder is a link outside", {"rendered/dev": Link("../../outside/rendered")}),
    Tree("an environment's folder is a link upwards", {"rendered/dev": Link("..")}),
    Tree("an environment's folder is a link to another", {"rendered/dev": Link("prod"), "rendered/prod/x.yaml": HEAD}),
    Tree("an environment's folder is a link to the sources", {"rendered/dev": Link("../values")}),
    Tree("an environment's folder is a file", {"rendered/dev": "x"}),
    Tree("a rendered file is a link outside", {"rendered/dev/25-configmap-gan.yaml": Link("../../../outside/precious.txt")}),
    Tree("a rendered file is a pipe", {"rendered/dev/25-configmap-gan.yaml": Pipe()}),
    Tree("a rendered file is a folder", {"rendered/dev/25-configmap-gan.yaml/x": "x"}),
    Tree("a rendered file is huge", {"rendered/dev/25-configmap-gan.yaml": Sparse(3 << 30)}),
    Tree("a foreign file is huge", {"rendered/dev/model.bin": Sparse(3 << 30)}),
    Tree("a foreign file is a device", {"rendered/dev/zero": Link("/dev/zero")}),
    Tree("a stale file is a link outside", {"rendered/dev/26-configmap-x.yaml": Link("../../../outside/made.yaml")}),
    Tree("a committed stage", {"rendered/dev/.gen-stage/25-configmap-gan.yaml": HEAD}),
    Tree("a committed change", {
        "rendered/dev/.gen-commit/remove": "../../values/dev.yaml\n../../../outside/precious.txt\n",
        "rendered/dev/.gen-commit/25-configmap-gan.yaml": CANARY,
    }),
    Tree("a committed change over the sources", {
        "rendered/dev": Link(".."), "rendered/.gen-commit/Makefile": "all:\n\ttouch /tmp/x\n", ".gen-commit/Makefile": "x",
    }),
    Tree("a committed change that is a link", {"rendered/dev/.gen-commit": Link("../../../outside")}),
    Tree("a committed stage that is a link", {"rendered/dev/.gen-stage": Link("../../../outside")}),
    Tree("a committed new folder that is a link", {"rendered/.new-dev": Link("../../outside")}),
    Tree("a committed new folder", {"rendered/.new-dev/25-configmap-gan.yaml": HEAD}),
    Tree("a committed lock that is a link", {"rendered/.gen-lock": Link("../../outside/precious.txt")}),
    Tree("a committed lock that is a pipe", {"rendered/.gen-lock": Pipe()}),
    Tree("a stale name with a line break", {"rendered/dev/26-a\nvictim.txt": HEAD, "rendered/dev/victim.txt": "precious"}),
    Tree("a selected link leads outside", {"rendered/25-configmap-gan.yaml": Link("../../outside/made.yaml")}),
    Tree("a selected link leads to another environment", {"rendered/25-configmap-gan.yaml": Link("prod/25-configmap-gan.yaml")}),
    Tree("a selected link is a copy", {"rendered/25-configmap-gan.yaml": HEAD + "kind: Secret\n"}),
    Tree("a foreign manifest lies in rendered/", {"rendered/99-evil.yaml": "kind: ClusterRoleBinding\n"}),
]  # fmt: skip

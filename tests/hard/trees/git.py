"""Repositories, attributes and configuration that come with a commit, and Secrets that would lead git there."""

from __future__ import annotations

from tests.hard.trees.tree import SECRET, Entry, Link, Pipe, Tree

RUN = "touch ../../../outside/ran"
CONFIG = f'[core]\n\tfsmonitor = "{RUN}"\n\thooksPath = hooks\n\tpager = {RUN}\n\teditor = {RUN}\n\tsshCommand = {RUN}\n'
SECRETS: dict[str, Entry] = {
    "templates/secret.yaml.j2": SECRET.replace("{{ password }}", "p" * 8),
}


def _repository(folder: str, **more: str) -> dict[str, Entry]:
    """A bare repository as it can be committed."""
    return {
        **SECRETS,
        f"{folder}/HEAD": "ref: refs/heads/main\n",
        f"{folder}/config": CONFIG,
        f"{folder}/objects/.keep": "",
        f"{folder}/refs/.keep": "",
        **{f"{folder}/{name}": text for name, text in more.items()},
    }


TREES = [
    Tree("a Secret that nothing ignores", SECRETS),
    Tree("a Secret below a repository in the environment's folder", _repository("rendered/dev")),
    Tree("a Secret below a repository in rendered/", _repository("rendered")),
    Tree("a repository whose excludes hide a Secret", _repository("rendered/dev", **{"info/exclude": "*\n"})),
    Tree("a gitfile in rendered/", {**_repository("rendered/store"), "rendered/dev/.git": "gitdir: ../store\n"}),
    Tree("a gitfile that leads outside", {**SECRETS, "rendered/dev/.git": "gitdir: ../../../outside/repository\n"}),
    Tree("a gitfile that is a link", {**SECRETS, "rendered/dev/.git": Link("../../../outside/precious.txt")}),
    Tree("a commondir that is a link", {**_repository("rendered/dev/.git"), "rendered/dev/.git/commondir": Link("../../../../outside/precious.txt")}),
    Tree("a gitfile that is a pipe", {**SECRETS, "rendered/dev/.git": Pipe()}),
    Tree("a .git folder in rendered/", _repository("rendered/.git")),
    Tree("a .git folder in the environment's folder", _repository("rendered/dev/.git")),
    Tree("hooks", {**SECRETS, "hooks/post-index-change": f"#!/bin/sh\n{RUN}\n", "hooks/pre-commit": f"#!/bin/sh\n{RUN}\n"}),
    Tree("attributes with a filter", {**SECRETS, ".gitattributes": "* filter=run diff=run merge=run working-tree-encoding=UTF-16\n"}),
    Tree("attributes beyond any size", {**SECRETS, ".gitattributes": "* a\n" * 200_000}),
    Tree("modules", {**SECRETS, ".gitmodules": f'[submodule "a"]\n\tpath = rendered/dev\n\turl = ext::sh -c {RUN}\n\tupdate = !{RUN}\n'}),
    Tree("modules that are a link", {**SECRETS, ".gitmodules": Link("../outside/precious.txt")}),
    Tree("an ignore file that is a link", {**SECRETS, ".gitignore": Link("../outside/ignore")}),
    Tree("an ignore file that is a pipe", {**SECRETS, "rendered/.gitignore": Pipe()}, commands=("check --all",)),  # git waits as long as it may
    Tree("an ignore file that ignores itself", {**SECRETS, "rendered/dev/.gitignore": "*\n"}),
    Tree("an ignore file that takes back", {**SECRETS, ".gitignore": "*secret*\n", "rendered/dev/.gitignore": "!*\n"}, refused=False),
    Tree("an ignore pattern that never ends", {**SECRETS, ".gitignore": "*" + "a*" * 60 + "b\n"}),
    Tree("an ignore file of many lines", {**SECRETS, ".gitignore": "".join(f"/x{n}\n" for n in range(50_000))}),
    Tree("a program called git", {**SECRETS, "git": f"#!/bin/sh\n{RUN}\n", "bin/git": f"#!/bin/sh\n{RUN}\n"}),
    Tree("modules of Python beside the project", {
        "generator.py": "open('../outside/ran', 'w')", "yaml.py": "open('../outside/ran', 'w')", "jinja2/__init__.py": "1/0",
        "sitecustomize.py": "open('../outside/ran', 'w')", "json.py": "open('../outside/ran', 'w')",
    }),
]  # fmt: skip

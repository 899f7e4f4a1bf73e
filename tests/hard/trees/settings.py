"""gen.yaml: what a project says of itself cannot open the machine, nor close a check that protects it."""

from __future__ import annotations

from tests.hard.trees.tree import SECRET, Entry, Folder, Link, Pipe, Sparse, Tree

CRD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n"
GUARDS = (
    "secret/not-ignored",
    "secret/tracked",
    "secret/no-repository",
    "output/taken",
    "file/unreadable",
    "git/failed",
)

ODD: dict[str, Entry] = {
    "a link": Link("/etc/passwd"),
    "a link outside": Link("../outside/values.yaml"),
    "a link upwards": Link(".."),
    "a pipe": Pipe(),
    "a folder": Folder(),
    "huge": Sparse(3 << 30),
    "a device": Link("/dev/zero"),
    "no text": b"\xff\xfe",
    "an object of Python": "!!python/name:os.system\n",
    "deep": "a: " + "[" * 9999,
    "a list": "- a\n",
    "an unknown key": "run: [touch, ../outside/ran]\n",
    "odd": "\x1b[31mFORGED: 1\n",
}

TREES = [
    *(Tree(f"gen.yaml is {what}", {"gen.yaml": entry}, refused=True) for what, entry in ODD.items()),
    *(Tree(f"custom resources lie in {path}", {"gen.yaml": f"customResources: ['{path}']\n"}, refused=True) for path in (
        "/etc", "../outside", "crds/../../outside", "/dev/zero", ".git", "crds/link",
    )),
    Tree("custom resources are a link", {"gen.yaml": "customResources: [crds]\n", "crds": Link("../outside/values")}, refused=True),
    Tree("a custom resource is a link", {"gen.yaml": "customResources: [crds]\n", "crds/x.yaml": Link("../../outside/values.yaml")}, refused=True),
    Tree("a custom resource is a pipe", {"gen.yaml": "customResources: [crds]\n", "crds/x.yaml": Pipe()}, refused=True),
    Tree("a custom resource's schema never ends", {
        "gen.yaml": "customResources: [crds]\n",
        "crds/x.yaml": CRD + "spec: {group: g.example, names: {kind: X, plural: xs}, scope: Namespaced, versions: [{name: v1, served: true, storage: true, schema: "
        "{openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: {type: string, pattern: '^([a-z]+)+$'}}}}}}}]}\n",
        "templates/x.yaml.j2": f"apiVersion: g.example/v1\nkind: X\nmetadata: {{ name: a }}\nspec: {{ a: '{'a' * 60}!' }}\n",
    }),
    *(Tree(f"{rule} is turned off", {
        "gen.yaml": f"severity: {{{rule}: 'off'}}\n", "values/dev.yaml": "password: x\n",
        "templates/secret.yaml.j2": SECRET,
    }) for rule in GUARDS),
    *(Tree(f"{rule} is accepted", {"gen.yaml": f"ignore: [{{rule: {rule}, object: '*', reason: FORGED}}]\n"}) for rule in GUARDS),
    Tree("a glob that never ends", {"gen.yaml": f"ignore: [{{rule: check/absent, object: '{'*a' * 300}', reason: x}}]\n"}),
    Tree("a Kubernetes version that is a path", {"gen.yaml": "kubernetes: '../../../../etc/passwd'\n"}, refused=True),
    Tree("a cluster's context is an option", {"gen.yaml": "environments: {dev: {cluster: {context: '--kubeconfig=/etc/passwd', server: 'http://127.0.0.1:9'}}}\n"}),
    Tree("paths of values are odd", {"gen.yaml": "verify: {models: '__class__', expectations: 'a[99999999999]', ports: {grpc: '\\x1b', rest: '::x'}}\n"}),
    Tree("a docker configuration beside it", {".docker/config.json": '{"credHelpers": {"x": "sh"}}', "config.json": '{"credsStore": "sh"}'}),
    Tree("a kubeconfig beside it", {".kube/config": "users: [{name: a, user: {exec: {command: touch, args: [../outside/ran]}}}]\n", "kubeconfig": "x"}),
]  # fmt: skip

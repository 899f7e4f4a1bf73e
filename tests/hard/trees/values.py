"""Values files that are hostile YAML, or hold what must not be shown."""

from __future__ import annotations

from tests.hard.trees.tree import SECRET, Tree

APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def _dev(text: str | bytes) -> dict[str, str | bytes]:
    return {"values/dev.yaml": text}


TREES = [
    Tree("an object of Python", _dev("name: !!python/object/apply:os.system ['touch ../outside/ran']\n"), refused=True),
    Tree("a billion laughs", _dev("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9))), refused=True),
    Tree("an anchor in itself", _dev("a: &a [*a]\n"), refused=True),
    Tree("merge keys", _dev("a: &a {x: 1}\nb: {<<: *a}\n"), refused=True),
    Tree("lists ten thousand deep", _dev("name: " + "[" * 10_000), refused=True),
    Tree("maps ten thousand deep", _dev("name: " + "{a: " * 10_000), refused=True),
    Tree("indentation two thousand deep", _dev("".join(f"{' ' * n}k:\n" for n in range(2_000))), refused=True),
    Tree("tabs in every scalar", _dev("".join(f'k{n}: "a\\tb\t"\n' for n in range(20_000)))),
    Tree("a scalar of tabs", _dev('name: "' + "\t" * 2_000_000 + '"\n')),
    Tree("a key of a million signs", _dev("? " + "k" * 1_000_000 + "\n: 1\n")),
    Tree("a line of two million signs", _dev('name: "' + "é" * 2_000_000)),
    Tree("two hundred thousand problems", _dev("".join(f"k{n}: yes\n" for n in range(200_000))), refused=True),
    Tree("two hundred thousand twins", _dev("k: 1\n" * 200_000), refused=True),
    Tree("a directive", _dev("%YAML 1.1\n%TAG ! tag:evil,2000:\n---\nname: !x y\n"), refused=True),
    Tree("a second document", _dev("name: a\n---\nname: b\n"), refused=True),
    Tree("a number of a million digits", _dev("name: " + "9" * 1_000_000 + "\n")),
    Tree("a zero byte", _dev(b"name: a\x00b\n"), refused=True),
    Tree("UTF-16", _dev("name: a\n".encode("utf-16")), refused=True),
    Tree("bytes that are no text", _dev(b"name: \xff\xfe\xfa\n"), refused=True),
    Tree("a token of gen's own", _dev("name: \U0010fe0a\U0010fe00\U0010fe0b\n"), refused=True),
    Tree("control signs", _dev('name: "\\e[31mFORGED\\a\\0"\n')),
    Tree("odd line ends", _dev("name: a\rdata: {}\r\n\x85x: 1\u2028y: 2\n")),
    Tree("a password that a Secret would hold", {"values/dev.yaml": "password: hunter2-FORGED\n", "templates/secret.yaml.j2": SECRET}, refused=True),
    Tree("a password as base64", {
        "values/dev.yaml": "password: hunter2-FORGED\n",
        "templates/secret.yaml.j2": SECRET.replace("stringData: { password: {{ password }}", "data: { password: {{ password | b64encode }}"),
    }, refused=True),
    Tree("a password in an annotation", {
        "values/dev.yaml": "password: hunter2-FORGED\n",
        "templates/secret.yaml.j2": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n"
        f"    {APPLIED}: '{{\"stringData\":{{\"p\":\"{{{{ password }}}}\"}}}}'\n",
    }, refused=True),
    Tree("base.yml beside base.yaml", {"values/base.yml": "name: evil\n"}),
    Tree("dev.yaml beside dev/", {"values/dev/x.yaml": "name: x\n"}),
    Tree("an environment called base", {"values/sub/base.yaml": "name: x\n", "values/sub/dev.yaml": ""}),
    Tree("no values at all", {"values/base.yaml": None, "values/dev.yaml": None, "values/prod.yaml": None}),
    Tree("sealed values that are hostile", {"values/_dev.sealed.yaml": "registry: {pullSecret: {sealed: '\\x1b[31mFORGED'}}\nname: [\n"}, refused=True),
]  # fmt: skip

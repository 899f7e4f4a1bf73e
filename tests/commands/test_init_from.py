"""`gen init --from`: a project that renders what its manifests say, or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.core import serialise
from generator.core.adopt.project import adopt
from generator.core.adopt.reading import Object
from generator.core.tree import Texts
from generator.diagnostics import Source
from generator.project import Project
from tests.conftest import Gen, tree, write

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: {replicas}
  selector:
    matchLabels: {{app: web}}
  template:
    metadata:
      labels: {{app: web}}
    spec:
      containers:
      - name: web
        image: ghcr.io/acme/web:{tag}
        resources:
          requests: {{cpu: 100m}}
        env:
        - name: LOG_LEVEL
          value: {level}
"""
INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  tls: [{hosts: [shop.example]}]
  rules:
  - host: shop.example
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: web, port: {number: 80}}}
"""
SERVICE = """apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""
DEV = DEPLOYMENT.format(replicas=1, tag="1.0", level="debug")
PROD = DEPLOYMENT.format(replicas=3, tag="1.0", level="warn")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rendered(gen: Gen, environment: str) -> list[dict[str, Any]]:
    ran = gen("render", "--project", "new", "--env", environment, "--output", "-")
    assert ran.status == 0, ran.err
    return list(yaml.safe_load_all(ran.out))


def alike(one: list[Any], other: list[Any]) -> bool:
    return sorted(json.dumps(o, sort_keys=True) for o in one) == sorted(
        json.dumps(o, sort_keys=True) for o in other
    )


def test_the_obvious_values_are_lifted(elsewhere: Path, gen: Gen) -> None:
    write(elsewhere, {"in.yaml": f"{DEV}---\n{SERVICE}---\n{INGRESS}"})
    ran = gen("init", "new", "--from", "in.yaml")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("dev: 3 objects, equal to those read\n")
    assert yaml.safe_load(Path("new/values/base.yaml").read_text()) == {
        "namespace": "shop",
        "images": {"web": {"repository": "ghcr.io/acme/web", "tag": "1.0"}},
        "web": {"replicas": 1, "resources": {"requests": {"cpu": "100m"}}},
        "webIngress": {"host": "shop.example"},
    }
    assert alike(rendered(gen, "dev"), list(yaml.safe_load_all(Path("in.yaml").read_text())))
    assert gen("set", "--project", "new", "--env", "dev", "web.replicas=x").status == 1, "values are typed"
    assert gen("schema", "--project", "new", "--check").status == 0
    assert gen("render", "--project", "new", "--all").status == 0
    assert gen("check", "--project", "new", "--all", "--unused-values").status == 0


def test_what_differs_between_environments_becomes_their_values(elsewhere: Path, gen: Gen) -> None:
    write(elsewhere, {"dev/web.yaml": DEV, "prod/web.yaml": PROD, "prod/ingress.yaml": INGRESS})
    assert gen("init", "new", "--from", "dev=dev", "--from", "prod=prod").status == 0
    assert yaml.safe_load(Path("new/values/dev.yaml").read_text()) == {
        "web": {"replicas": 1, "env": {"LOG_LEVEL": "debug"}}
    }
    assert yaml.safe_load(Path("new/values/prod.yaml").read_text()) == {
        "web": {"replicas": 3, "env": {"LOG_LEVEL": "warn"}},
        "webIngress": {"enabled": True, "host": "shop.example"},
    }
    assert alike(rendered(gen, "dev"), [yaml.safe_load(DEV)])
    assert alike(rendered(gen, "prod"), [yaml.safe_load(PROD), yaml.safe_load(INGRESS)])


def test_namespaces_of_environments(elsewhere: Path, gen: Gen) -> None:
    space = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    write(elsewhere, {"a.yaml": DEV + space, "b.yaml": (DEV + space).replace("shop", "shop-prod")})
    assert gen("init", "new", "--from", "dev=a.yaml", "--from", "prod=b.yaml").status == 0
    assert yaml.safe_load(Path("new/values/prod.yaml").read_text()) == {"namespace": "shop-prod"}
    assert len(list(Path("new/templates").iterdir())) == 2
    assert alike(rendered(gen, "prod"), list(yaml.safe_load_all(Path("b.yaml").read_text())))


def test_standard_input_and_lists(elsewhere: Path, gen: Gen) -> None:
    items = [yaml.safe_load(DEV), {"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(SERVICE)]}]
    given_ = json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=1)
    assert gen("init", "new", "--from", "-", stdin=given_).status == 0
    assert alike(rendered(gen, "dev"), [yaml.safe_load(DEV), yaml.safe_load(SERVICE)])


def config(data: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}


HOSTILE = {
    "jinja": "{{ 7 * 7 }} {% raw %} {# x #}",
    "block": "groups:\n- expr: '{{ $labels.pod }}'\n\n  last: {{ x }}\n",
    "end": "{% endraw %} {{ 1 }}\n{%- endraw -%}\n",
    "emoji": '{% endraw %} é \U0001f600 \\ "quoted"',
    "{{ key }}": "x",
    "marker": "lifted0x lifted",
    "blanks": "  a\n b \n\n",
    "empty": "",
}


def test_text_that_looks_like_a_template_stays_text(elsewhere: Path, gen: Gen) -> None:
    body = config(HOSTILE)
    body["data"].pop("{{ key }}")  # no key of a ConfigMap
    body["metadata"]["annotations"] = {"acme/x": "{% if %}", "acme/list": "- {{ a }}"}
    write(elsewhere, {"in.yaml": serialise.dump(body)})
    ran = gen("init", "new", "--from", "in.yaml")
    assert ran.status == 0, ran.err
    assert rendered(gen, "dev") == [body]


def test_scalars_are_read_as_kubectl_reads_them(elsewhere: Path, gen: Gen) -> None:
    volume = "        - {name: v, configMap: {name: c, defaultMode: 0644, optional: yes}}\n"
    write(
        elsewhere, {"in.yaml": DEV.replace("      containers:", f"      volumes:\n{volume}      containers:")}
    )
    ran = gen("init", "new", "--from", "in.yaml")
    assert ran.status == 0, ran.err
    assert "warning[init/read-as]: `0644` is read as 420" in ran.err
    (body,) = rendered(gen, "dev")
    volume_ = {"name": "c", "defaultMode": 420, "optional": True}
    assert body["spec"]["template"]["spec"]["volumes"][0]["configMap"] == volume_


def test_a_secret_with_values_is_left_out_and_named(elsewhere: Path, gen: Gen) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n"
    write(elsewhere, {"in.yaml": f"{DEV}---\n{secret}"})
    ran = gen("init", "new", "--from", "in.yaml")
    assert ran.status == 0
    assert "warning[init/secret]: the Secret s is left out" in ran.err
    assert "hunter2" not in ran.out + ran.err + "".join(tree(Path("new")).values())


BOMB = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{c}: &{c} [{', '.join([f'*{p}'] * 8)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (BOMB, "yaml/too-large"),
        ("[" * 300 + "]" * 300, "yaml/too-deep"),
        ("- just\n- a list\n", "init/object"),
        ("kind: Deployment\n", "init/object"),
        ("apiVersion: v1\nkind: Service\nmetadata: {generateName: x-}\n", "init/object"),
        (
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: k}\n",
            "init/object",
        ),
        ("apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n", "yaml/"),
        (f"{DEV}---\n{PROD}", "init/duplicate"),
        ("# nothing\n", "init/empty"),
        ("a: !!python/object:os.system x\n", "yaml/tag"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: .inf}\n", "init/number"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: 1}\n", "check/api-type"),
    ],
)
def test_what_cannot_be_taken_is_refused_whole(elsewhere: Path, gen: Gen, text: str, rule: str) -> None:
    write(elsewhere, {"in.yaml": text})
    ran = gen("init", "new", "--from", "in.yaml")
    assert ran.status == 1, ran.out
    assert f"error[{rule}" in ran.err
    assert "internal/bug" not in ran.err
    assert not Path("new").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "none.yaml"],
        ["--from", "in.yaml", "--starter", "web"],
        ["--from", "in.yaml", "--from", "in.yaml"],
        ["--from", "a=-", "--from", "b=-"],
    ],
)
def test_wrong_usage(elsewhere: Path, gen: Gen, arguments: list[str]) -> None:
    write(elsewhere, {"in.yaml": DEV})
    ran = gen("init", "new", *arguments)
    assert (ran.status, "usage/from" in ran.err) == (2, True)
    assert not Path("new").exists()


def test_nothing_is_overwritten(elsewhere: Path, gen: Gen) -> None:
    write(elsewhere, {"in.yaml": DEV, "new/gen.yaml": "mine\n"})
    assert gen("init", "new", "--from", "in.yaml").status == 1
    assert tree(Path("new")) == {"gen.yaml": "mine\n"}


def test_findings_are_accepted_in_the_settings(elsewhere: Path, gen: Gen) -> None:
    write(elsewhere, {"in.yaml": DEV.replace("app: web}", "app: web, tier: front}", 1)})
    ran = gen("init", "new", "--from", "in.yaml")
    assert (ran.status, "init/" in ran.err) in ((0, False), (1, False))
    if ran.status == 0:
        assert gen("render", "--project", "new", "--all").status == 0


SCALARS = st.one_of(
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(["", "a", "yes", "{{ x }}", "{% endraw %}", "0644", "a\nb\n"]),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b-c", "name", "spec", "{{ k }}"]), inner, max_size=3),
        st.lists(st.fixed_dictionaries({"name": st.sampled_from("xyz"), "v": inner}), max_size=3),
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(["a", "b", "spec"]), TREES, max_size=3)


def custom(name: str, body: dict[str, Any]) -> Object:
    made = {"apiVersion": "acme.io/v1", "kind": "Thing", "metadata": {"name": name}, **body}
    return Object(made, Source("in.yaml").span())


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(BODIES, min_size=1, max_size=3), st.lists(BODIES, max_size=2))
def test_every_environment_renders_what_it_was_given(one: list[Any], other: list[Any]) -> None:
    """The law: whatever objects differ in, each environment renders its own."""
    given_ = {
        "dev": [custom(f"t{n}", body) for n, body in enumerate(one)],
        "prod": [custom(f"t{n}", body) for n, body in enumerate(other)] or [custom("t0", one[0])],
    }
    texts = adopt(given_).texts
    project = Project(Texts(texts))
    for environment, objects in given_.items():
        context = project.line.values(environment, project.layers(environment)).context
        made = [m.body for _, manifests in project.line.made(context) for m in manifests]
        assert alike(made, [one.body for one in objects])

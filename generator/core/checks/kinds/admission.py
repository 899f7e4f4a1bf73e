"""Webhooks and policies of admission."""

from __future__ import annotations

import re
from typing import Final

from generator.core.checks import expressions, forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    at_most,
    between,
    distinct,
    each,
    each_among,
    form,
    needs,
    show,
)
from generator.core.nearest import did_you_mean

_ADMISSION: Final = "io.k8s.api.admissionregistration.v1."
_OPERATIONS: Final = ("CREATE", "UPDATE", "DELETE", "CONNECT", "*")
_THREE_PARTS: Final = forms.Form(
    lambda text: text.count(".") > 1 and forms.SUBDOMAIN.test(text),
    "three parts at least, as in `pods.example.com`",
)
_GROUP_VERSION: Final = forms.Form(
    lambda text: (
        text.count("/") < 2
        and (("/" not in text) or bool(forms.SUBDOMAIN.test(text.split("/")[0])))
        and bool(forms.LABEL_1035.test(text.rpartition("/")[2]))
    ),
    "a group, `/` and a version, as in `apps/v1`",
)
_KIND: Final = forms.Form(lambda text: forms.LABEL_1035.test(text.lower()), "a kind, as in `ConfigMap`")
_RESOURCE_NAME: Final = forms.Form(lambda text: not text or forms.SEGMENT.test(text), forms.SEGMENT.expected)
_TEXT: Final = forms.Form(lambda text: text.strip() != "", "more than spaces")
_PLAIN: Final = forms.Form(
    lambda text: "/" not in text and bool(forms.QUALIFIED.test(text)), "letters, digits, `-`, `_` and `.`"
)
_VARIABLE: Final = re.compile(r"(?<![\w.\"'])variables\.([A-Za-z_][A-Za-z0-9_]*)")
_EXPRESSIONS: Final = (
    *(("variables", "expression"), ("validations", "expression"), ("validations", "messageExpression")),
    ("auditAnnotations", "valueExpression"),
)
_ONE_LINE: Final = forms.matching(r"[^\n\r]*", "one line")


def _wildcards(value: Value) -> Faults:
    """`*` stands alone."""
    for field in ("apiGroups", "apiVersions", "operations"):
        listed = value.get(field) or []
        if "*" in listed and len(listed) > 1:
            yield Fault(
                "exclusive",
                (field, listed.index("*")),
                "`*` cannot be combined with others",
                "*",
                "`*` alone, or the others",
            )
    resources = value.get("resources") or []
    if "*/*" in resources and len(resources) > 1:
        yield Fault(
            "exclusive", ("resources", resources.index("*/*")), "`*/*` cannot be combined with others", "*/*"
        )
    if "*" in resources and any("/" not in one and one != "*" for one in resources):
        yield Fault(
            "exclusive",
            ("resources", resources.index("*")),
            "`*` cannot be combined with other resources",
            "*",
        )
    for index, one in enumerate(resources):
        whole, slash, part = one.partition("/")
        before = resources[:index]
        if slash and (f"{whole}/*" in before or f"*/{part}" in before):
            yield Fault("exclusive", ("resources", index), "an earlier wildcard includes this one", show(one))
    for field in ("apiVersions", "resources"):
        for index, one in enumerate(value.get(field) or ()):
            if not one:
                yield Fault("required", (field, index), "an empty text")


def _reviews(value: Value) -> Faults:
    versions = value.get("admissionReviewVersions") or []
    if versions and not {"v1", "v1beta1"} & {*versions}:
        message = "none of these is a version that the API server knows"
        yield Fault(
            "value",
            ("admissionReviewVersions",),
            message,
            ", ".join(versions),
            "`v1` or `v1beta1` among them",
        )


def _reach(value: Value) -> Faults:
    config = value.get("clientConfig") or {}
    if (config.get("url") is None) == (config.get("service") is None):
        yield Fault("required", ("clientConfig",), "it needs one of `url` and `service`")


def _service_path(value: Value) -> Faults:
    path = value.get("path")
    if not path:
        return
    steps = path[1:].split("/") if path.startswith("/") else []
    inner = steps[:-1] if path.endswith("/") else steps
    if path != "/" and not (path.startswith("/") and all(inner) and all(map(forms.SUBDOMAIN.test, inner))):
        yield Fault(
            "value", ("path",), "not a path of a webhook", show(path), "an absolute path, as in `/validate`"
        )


def _actions(value: Value) -> Faults:
    actions = value.get("validationActions") or []
    if {"Deny", "Warn"} <= {*actions}:
        yield Fault(
            "exclusive",
            ("validationActions", actions.index("Warn")),
            "Deny and Warn cannot be combined",
            "Warn",
        )


def _parameters(value: Value) -> Faults:
    if bool(value.get("name")) == (value.get("selector") is not None):
        yield Fault("exclusive", (), "set either `name` or `selector`")


def _declared(value: Value) -> Faults:
    """Every variable that an expression uses is one that the policy declares."""
    known = [variable.get("name") for variable in value.get("variables") or ()]
    for field, inner in _EXPRESSIONS:
        for index, entry in enumerate(value.get(field) or ()):
            text = entry.get(inner)
            for name in _VARIABLE.findall(text) if isinstance(text, str) else ():
                if name not in known:
                    hint = did_you_mean(name, known)
                    yield Fault(
                        "expression",
                        (field, index, inner),
                        f"the policy declares no variable `{name}`",
                        show(text),
                        help=hint,
                    )


def _audited(value: Value) -> Faults:
    if not value.get("validations") and not value.get("auditAnnotations"):
        yield Fault("required", (), "a policy needs `validations` or `auditAnnotations`")
    if value.get("matchConstraints") is not None and not value["matchConstraints"].get("resourceRules"):
        yield Fault("required", ("matchConstraints",), "`resourceRules` is missing")


def _expression(field: str, *constants: str) -> Rule:
    """A CEL expression; a single literal of one of these kinds cannot be what the field wants."""

    def rule(value: Value) -> Faults:
        text = value.get(field)
        if not isinstance(text, str) or not text.strip():
            return
        message, hint = expressions.problem(text)
        if message:
            yield Fault("expression", (field,), message, show(text), help=hint)
        elif expressions.is_constant(text, constants):
            yield Fault("expression", (field,), "a constant of the wrong type", show(text))

    return rule


_HOOK: Final[tuple[Rule, ...]] = (
    needs("name", "admissionReviewVersions", "sideEffects"),
    form("name", _THREE_PARTS, "name"),
    among("sideEffects", "None", "NoneOnDryRun"),
    among("failurePolicy", "Ignore", "Fail", empty=False),
    among("matchPolicy", "Exact", "Equivalent", empty=False),
    among("reinvocationPolicy", "Never", "IfNeeded", empty=False),
    between("timeoutSeconds", 1, 30),
    each("admissionReviewVersions", forms.LABEL_1035),
    distinct("admissionReviewVersions"),
    _reviews,
    _reach,
    distinct("matchConditions", "name"),
    at_most("matchConditions", 64),
)
_RULE: Final[tuple[Rule, ...]] = (
    needs("operations", "apiGroups", "apiVersions", "resources"),
    each_among("operations", *_OPERATIONS),
    among("scope", "Cluster", "Namespaced", "*", empty=False),
    _wildcards,
)
_MATCH: Final[tuple[Rule, ...]] = (among("matchPolicy", "Exact", "Equivalent", empty=False),)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_ADMISSION}ValidatingWebhookConfiguration": (distinct("webhooks", "name"),),
    f"{_ADMISSION}MutatingWebhookConfiguration": (distinct("webhooks", "name"),),
    f"{_ADMISSION}ValidatingWebhook": _HOOK,
    f"{_ADMISSION}MutatingWebhook": _HOOK,
    f"{_ADMISSION}RuleWithOperations": _RULE,
    f"{_ADMISSION}NamedRuleWithOperations": (
        *_RULE,
        each("resourceNames", _RESOURCE_NAME, "name"),
        distinct("resourceNames"),
    ),
    f"{_ADMISSION}WebhookClientConfig": (form("url", forms.HTTPS_URL, empty=False),),
    f"{_ADMISSION}ServiceReference": (needs("name", "namespace"), between("port", 1, 65535), _service_path),
    f"{_ADMISSION}MatchCondition": (
        needs("name", "expression"),
        form("name", forms.QUALIFIED, "name"),
        form("expression", _TEXT),
        _expression("expression", "number", "text"),
    ),
    f"{_ADMISSION}ValidatingAdmissionPolicy": (needs("spec"),),
    f"{_ADMISSION}ValidatingAdmissionPolicySpec": (
        needs("matchConstraints"),
        among("failurePolicy", "Ignore", "Fail", empty=False),
        _audited,
        _declared,
        at_most("auditAnnotations", 20),
        distinct("auditAnnotations", "key"),
        distinct("matchConditions", "name"),
        at_most("matchConditions", 64),
    ),
    f"{_ADMISSION}MatchResources": _MATCH,
    f"{_ADMISSION}ParamKind": (
        needs("apiVersion", "kind"),
        form("apiVersion", _GROUP_VERSION),
        form("kind", _KIND),
    ),
    f"{_ADMISSION}Variable": (
        needs("name", "expression"),
        form("name", forms.IDENTIFIER, "name"),
        form("expression", _TEXT),
        _expression("expression"),
    ),
    f"{_ADMISSION}Validation": (
        needs("expression"),
        form("expression", _TEXT),
        form("messageExpression", _TEXT),
        _expression("expression", "number", "text"),
        _expression("messageExpression", "number"),
        form("message", _ONE_LINE),
        form("message", _TEXT),
        among("reason", "Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge", empty=False),
    ),
    f"{_ADMISSION}AuditAnnotation": (
        needs("key", "valueExpression"),
        form("key", _PLAIN),
        form("valueExpression", _TEXT),
        _expression("valueExpression", "number"),
    ),
    f"{_ADMISSION}ValidatingAdmissionPolicyBinding": (needs("spec"),),
    f"{_ADMISSION}ValidatingAdmissionPolicyBindingSpec": (
        needs("policyName", "validationActions"),
        form("policyName", forms.SUBDOMAIN, "name"),
        each_among("validationActions", "Deny", "Warn", "Audit"),
        distinct("validationActions"),
        _actions,
    ),
    f"{_ADMISSION}ParamRef": (
        _parameters,
        needs("parameterNotFoundAction"),
        among("parameterNotFoundAction", "Allow", "Deny"),
        form("name", forms.SEGMENT, "name"),
    ),
}

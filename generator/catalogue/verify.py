"""Model servers and clusters that do not answer as expected."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="gen verify",
        scope="a model server",
        intro="See [verify.md](verify.md).",
        rules=(
            Rule(
                "verify/target",
                title="Server missing or given twice",
                why="`gen verify` queries exactly one server.",
                fix="Pass one of --env, --server and --rest.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/official",
                title="Official client used with REST",
                why=(
                    "The official package, `tensorflow-serving-api`, contains messages and stubs for gRPC "
                    "only."
                ),
                fix="Pass the gRPC port with --server, or leave out --official.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/settings",
                title="Missing `verify` in gen.yaml",
                why=(
                    "`gen verify --env` finds the Service by the names of its ports, which gen.yaml does not "
                    "give."
                ),
                fix="Add `verify` to gen.yaml, as the message shows.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/model",
                title="Model missing or given twice",
                why="A server can serve several models, each in several versions.",
                fix="Pass --model, and at most one of --version and --label.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/signature",
                title="Unknown signature",
                why="The message lists the model's signatures.",
                fix="Choose one of them with --signature.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/input",
                title="Input that does not match the signature",
                why=(
                    "The file, value or example cannot be converted to what the signature takes. Nothing was "
                    "sent."
                ),
                fix="Correct the name, type or shape named in the message.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/file",
                title="Unreadable file",
                why="A certificate, label list or token file cannot be read.",
                fix="Correct the path or the permissions.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/plain-token",
                title="Token over an unencrypted connection",
                why="Anyone on the network between this machine and the server could read it.",
                fix="Use --tls or an https URL.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/unreachable",
                title="Unreachable server",
                why="Nothing answers at the address, or the connection breaks.",
                fix="Check the address, the port and the network in between.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/deadline",
                title="Server timeout",
                why="The server accepted the connection but did not answer within --timeout.",
                fix="Allow more time, or check the load on the server.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/not-serving",
                title="Not a TensorFlow Serving server",
                why="The port belongs to another protocol, a proxy or a web page.",
                fix="Check the port: gRPC and REST use different ones.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/denied",
                title="Access denied",
                why="The server, or a gateway in front of it, requires a token, or a different one.",
                fix="Pass --token-file.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/too-large",
                title="Request too large",
                why="The request is larger than the server accepts.",
                fix="Send fewer instances with --batch, or raise the server's limit.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/busy",
                title="Server at capacity",
                why="The server's queue is full.",
                fix="Try again, or send fewer requests in parallel.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/not-found",
                title="Unknown model, version or label",
                why="The server answers, but does not have what was requested.",
                fix="Correct the name; the message lists what is served if the server reports it.",
            ),
            Rule(
                "verify/not-ready",
                title="Model not available",
                why="The server knows the model, but no version of it became AVAILABLE within --wait.",
                fix="Wait longer, or check the server's log.",
            ),
            Rule(
                "verify/load-failed",
                title="Model failed to load",
                why="The server has given up. Waiting does not help.",
                fix="Check the server's log; often model files are missing, or there is not enough memory.",
            ),
            Rule(
                "verify/refused",
                title="Request rejected by the model",
                why="The message quotes the server.",
                fix="Correct the input.",
            ),
            Rule(
                "verify/failed",
                title="Computation failed",
                why="The model or the server failed during the computation.",
                fix="Check the server's log.",
            ),
            Rule(
                "verify/truncated-image",
                title="Truncated image",
                why="The model rejected an image whose end is missing.",
                fix="Send the whole file.",
            ),
            Rule(
                "verify/expectation",
                title="Unmet expectation",
                why="The server's answer is not what was expected.",
                fix="Find out which one is wrong: the input, the model's version or the expectation.",
            ),
            Rule(
                "verify/disagree",
                title="Clients got different answers",
                why=(
                    "`--official compare` sends each request with gen's client and with the official one. "
                    "The answers differ at float32 precision: either the model is not deterministic, or a "
                    "client is wrong."
                ),
                fix="Ask again. If the difference persists, report it with the request.",
            ),
            Rule(
                "verify/unanswered",
                title="Unanswered requests",
                why="The server stopped answering. The answers received before that were checked.",
                fix="Send the requests named in the message again once the server can be reached.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/not-deployed",
                title="Deployment not found",
                why="The cluster does not have the Deployment behind the environment's Service.",
                fix="Apply the environment, or choose its cluster with --context.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/rollout",
                title="Unfinished rollout",
                why=(
                    "Pods of an older revision may answer instead of the new ones. The message says what "
                    "holds up the new ones, in the words of the scheduler, the kubelet or the registry."
                ),
                fix="Correct what the message names, or give the pods more time with --wait.",
            ),
            Rule(
                "verify/no-service",
                title="Service not found",
                why=(
                    "The environment renders no Service with the port named in gen.yaml, or the cluster does "
                    "not have it."
                ),
                fix="Apply the environment, or correct `verify` in gen.yaml.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/no-address",
                title="Unreachable Service",
                why=(
                    "Its load balancer has no address yet, no pod behind it is ready, or no node has an "
                    "address."
                ),
                fix="Wait with --wait, or use --port-forward.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
    Section(
        title="The cluster",
        scope="the Kubernetes API",
        intro="",
        rules=(
            Rule(
                "cluster/config",
                title="Unusable kubeconfig",
                why="There is no kubeconfig, or it does not contain the context.",
                fix="Set KUBECONFIG, or choose a context with --context.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "cluster/other",
                title="Unexpected cluster",
                why=(
                    "gen.yaml says which cluster the environment belongs to, but the context or the server "
                    "in use is a different one. The answer would be about the wrong cluster."
                ),
                fix="Choose the cluster with --context, or correct gen.yaml.",
            ),
            Rule(
                "cluster/guard-label",
                title="Invalid label",
                why=(
                    "`gen guard` compares a label, but Kubernetes does not accept its key, or the "
                    "environment's name as its value."
                ),
                fix="Choose another key with --label, or rename the environment.",
                status=Exit.USAGE,
            ),
            Rule(
                "cluster/guard-mismatch",
                title="Environment label mismatch",
                why="The policy that `gen guard` would write rejects objects of its own environment.",
                fix="Correct the label on the objects, or choose another key with --label.",
            ),
            Rule(
                "cluster/guard-unlabelled",
                title="Missing environment label",
                why=(
                    "The `gen guard` policy does not cover objects without the label, so any cluster accepts "
                    "them."
                ),
                fix="Label every object, as the message shows.",
                severity=Severity.WARNING,
            ),
            Rule(
                "cluster/unreachable",
                title="Unreachable API server",
                why="The address in the kubeconfig cannot be reached.",
                fix="Check the network, and whether the cluster is running.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "cluster/refused",
                title="Request rejected by the API server",
                why="The message quotes the server; often a permission is missing.",
                fix="Request permission for the verb and resource in the message, or choose another context.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
)

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
                title="Server that is not given, or given twice",
                why="`gen verify` asks one server.",
                fix="Give one of --env, --server and --rest.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/official",
                title="Official client for a server that is asked over REST",
                why="The official package, `tensorflow-serving-api`, has messages and stubs for gRPC only.",
                fix="Give the gRPC port with --server, or leave out --official.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/settings",
                title="gen.yaml does not say how to find the server",
                why="`gen verify --env` finds the Service by the names of its ports, and does not know them.",
                fix="Add `verify` to gen.yaml, as the message shows.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/model",
                title="Model that is not given, or given twice",
                why="A server can serve several models, each in several versions.",
                fix="Give --model, and at most one of --version and --label.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/signature",
                title="Signature that the model does not have",
                why="The message lists the signatures of the model.",
                fix="Choose one of them with --signature.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/input",
                title="Input that does not fit the signature",
                why="The file, value or example cannot become what the signature takes. Nothing was sent.",
                fix="Correct the name, type or shape that the message names.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/file",
                title="File that cannot be read",
                why="A certificate, a list of labels or a token file cannot be read.",
                fix="Correct the path or the permissions.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/plain-token",
                title="Token that would be sent in the clear",
                why="Anyone on the network between here and the server could read it.",
                fix="Use --tls or an https URL.",
                status=Exit.USAGE,
            ),
            Rule(
                "verify/unreachable",
                title="Server that does not answer",
                why="Nothing answers at the address, or the connection breaks.",
                fix="Check the address, the port, and what is between here and there.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/deadline",
                title="Server that does not answer in time",
                why="The server accepted the connection but did not answer within --timeout.",
                fix="Give it more time, or look at the load of the server.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/not-serving",
                title="Something other than TensorFlow Serving",
                why="What answers is the port of another protocol, a proxy or a web page.",
                fix="Check the port: gRPC and REST have different ones.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/denied",
                title="Server that denies access",
                why="The server, or a gateway in front of it, wants a token or another one.",
                fix="Give --token-file.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/too-large",
                title="Request that is too large",
                why="The request is larger than the server accepts.",
                fix="Send fewer instances with --batch, or raise the limit of the server.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/busy",
                title="Server without capacity",
                why="The server's queue is full.",
                fix="Try again, or send fewer requests in parallel.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/not-found",
                title="Model, version or label that is not served",
                why="The server answers, and does not have what was asked for.",
                fix="Correct the name; the message lists what is served where the server says so.",
            ),
            Rule(
                "verify/not-ready",
                title="Model that is not available",
                why="The server knows the model, but no version of it is AVAILABLE within --wait.",
                fix="Wait longer, or look at the log of the server.",
            ),
            Rule(
                "verify/load-failed",
                title="Model that cannot be loaded",
                why="The server gave up. Waiting does not help.",
                fix="Look at the log of the server; often the model's files or memory are missing.",
            ),
            Rule(
                "verify/refused",
                title="Request that the model refused",
                why="The message repeats what the server says.",
                fix="Correct the input.",
            ),
            Rule(
                "verify/failed",
                title="Computation that failed",
                why="The model or the server failed while it computed.",
                fix="Look at the log of the server.",
            ),
            Rule(
                "verify/truncated-image",
                title="Image that was cut off",
                why="The model refused an image that lacks its end.",
                fix="Send the whole file.",
            ),
            Rule(
                "verify/expectation",
                title="Expectation that does not hold",
                why="The server's answer is not what was expected.",
                fix="Find out which of the input, the model's version and the expectation is wrong.",
            ),
            Rule(
                "verify/disagree",
                title="Answers that differ from those of the official client",
                why=(
                    "`--official compare` sends each request by gen's client and by the official one. Their "
                    "answers differ in a bit that float32 shows: either the model does not compute the same "
                    "twice, or a client is wrong."
                ),
                fix="Ask again. If the difference stays, report it with the request.",
            ),
            Rule(
                "verify/unanswered",
                title="Requests without an answer",
                why="The server could not be asked any more. The answers that came before were judged.",
                fix="Send the named requests again once the server can be reached.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/not-deployed",
                title="Deployment that is not there",
                why="The cluster does not have the Deployment that stands behind the environment's Service.",
                fix="Apply the environment, or choose its cluster with --context.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/rollout",
                title="Rollout that has not ended",
                why=(
                    "Pods of an older revision may answer in place of the new ones. The message says what "
                    "keeps the new ones, in the words of the scheduler, the kubelet or the registry."
                ),
                fix="Correct what the message names, or give the pods more time with --wait.",
            ),
            Rule(
                "verify/no-service",
                title="Service that is not there",
                why=(
                    "The environment renders no Service with the port that gen.yaml names, or the cluster "
                    "does not have it."
                ),
                fix="Apply the environment, or correct `verify` in gen.yaml.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "verify/no-address",
                title="Service that cannot be reached",
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
                title="kubeconfig that cannot be used",
                why="There is no kubeconfig, or it has no such context.",
                fix="Set KUBECONFIG, or choose a context with --context.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "cluster/other",
                title="Cluster other than the expected one",
                why=(
                    "gen.yaml says which cluster the environment belongs to, and the context or the server "
                    "in use is another. The answer would be about the wrong cluster."
                ),
                fix="Choose the cluster with --context, or correct gen.yaml.",
            ),
            Rule(
                "cluster/guard-label",
                title="Label that Kubernetes does not accept",
                why="`gen guard` compares a label, and its key or the name of the environment cannot be one.",
                fix="Choose another key with --label, or rename the environment.",
                status=Exit.USAGE,
            ),
            Rule(
                "cluster/guard-mismatch",
                title="Environment labelled as another one",
                why="The policy that `gen guard` would write refuses objects of its own environment.",
                fix="Correct the label of the objects, or choose another key with --label.",
            ),
            Rule(
                "cluster/guard-unlabelled",
                title="Objects without the label of their environment",
                why="The policy of `gen guard` leaves them alone, so that any cluster takes them.",
                fix="Label every object, as the message shows.",
                severity=Severity.WARNING,
            ),
            Rule(
                "cluster/unreachable",
                title="API server that does not answer",
                why="The address in the kubeconfig cannot be reached.",
                fix="Check the network, and whether the cluster runs.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "cluster/refused",
                title="Request that the API server refused",
                why="The message repeats what the server says; often a permission is missing.",
                fix="Ask for the verb and the resource that the message names, or choose another context.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
)

"""What the API server refuses although the type of a field allows it, as far as one field can tell.

The published documents give types only; the rules are in Kubernetes' validation code (`pkg/apis/*/validation`
and `k8s.io/apimachinery/pkg/util/validation`). Each entry adds JSON Schema keywords to a definition, or under
`properties` to its fields. `tests/cluster/broken.yaml` holds the outcome against a real server. Rules that
compare fields with each other are not for a schema.
"""

from __future__ import annotations

from typing import Any, Final

Keywords = dict[str, Any]

_LABEL: Final[Keywords] = {"pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63}
_SUBDOMAIN: Final[Keywords] = {
    "pattern": r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$",
    "maxLength": 253,
}
_QUALIFIED: Final[Keywords] = {
    "pattern": r"^([-a-z0-9.]+/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$",
}
_TEXT: Final[Keywords] = {"minLength": 1}
_NATURAL: Final[Keywords] = {"minimum": 0}
_POSITIVE: Final[Keywords] = {"minimum": 1}
_PORT: Final[Keywords] = {"minimum": 1, "maximum": 65535}
_OPTIONAL_PORT: Final[Keywords] = {"minimum": 0, "maximum": 65535}
# A number or the name of a port: validation.IsValidPortName.
_PORT_OR_NAME: Final[Keywords] = {**_PORT, "pattern": "^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 15}
# The same, or nothing at all, which stands for the port of the Service.
_TARGET: Final[Keywords] = {
    **_OPTIONAL_PORT,
    "pattern": "^((?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*)?$",
    "maxLength": 15,
}
_USER: Final[Keywords] = {"minimum": 0, "maximum": 2**31 - 1}
_MODE: Final[Keywords] = {"minimum": 0, "maximum": 0o777}
_WEIGHT: Final[Keywords] = {"minimum": 1, "maximum": 100}
_AMOUNT: Final[Keywords] = {"minimum": 0, "pattern": "^[0-9]+%$"}
_SHARE: Final[Keywords] = {"minimum": 0, "pattern": "^(100|[0-9]{1,2})%$"}
_CIDR: Final[Keywords] = {"pattern": "^[0-9A-Fa-f.:]+/[0-9]{1,3}$"}
_BELOW: Final[Keywords] = {"pattern": r"^(?!/)(?!(.*/)?\.\.(/|$)).*$"}
_FIELD_PATH: Final[Keywords] = {
    "pattern": r"^(metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['.+'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$"
}
_ONE_OF_ITS_FIELDS: Final[Keywords] = {"minProperties": 1, "maxProperties": 1}
_RESOURCES: Final[Keywords] = {
    "propertyNames": {"pattern": "^(cpu|memory|ephemeral-storage|hugepages-.+|[^/]+/[^/]+)$"},
    "additionalProperties": {"minimum": 0, "pattern": "^[^-]"},
}
_METRICS: Final = ["ContainerResource", "External", "Object", "Pods", "Resource"]
_SECONDS: Final = dict.fromkeys(("initialDelaySeconds", "periodSeconds", "timeoutSeconds"), _NATURAL)
_THRESHOLDS: Final = dict.fromkeys(("failureThreshold", "successThreshold"), _NATURAL)


def _fields(*required: str, **properties: Keywords) -> Keywords:
    """Keywords for fields, and the fields that must be there although their type is optional."""
    return {"properties": properties, **({"required": [*required]} if required else {})}


_PODS: Final = {"minReadySeconds": _NATURAL, "revisionHistoryLimit": _NATURAL}

LIMITS: Final[dict[str, Keywords]] = {
    "io.k8s.api.apps.v1.DaemonSet": _fields("spec"),
    "io.k8s.api.apps.v1.DaemonSetSpec": _fields(**_PODS),
    "io.k8s.api.apps.v1.Deployment": _fields("spec"),
    "io.k8s.api.apps.v1.DeploymentSpec": _fields(
        **_PODS, progressDeadlineSeconds=_POSITIVE, replicas=_NATURAL
    ),
    "io.k8s.api.apps.v1.RollingUpdateDaemonSet": _fields(maxSurge=_SHARE, maxUnavailable=_SHARE),
    "io.k8s.api.apps.v1.RollingUpdateDeployment": _fields(maxSurge=_AMOUNT, maxUnavailable=_SHARE),
    "io.k8s.api.apps.v1.StatefulSet": _fields("spec"),
    "io.k8s.api.apps.v1.StatefulSetSpec": _fields(minReadySeconds=_NATURAL, replicas=_NATURAL),
    "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler": _fields("spec"),
    "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec": _fields(
        maxReplicas=_POSITIVE, minReplicas=_POSITIVE
    ),
    "io.k8s.api.autoscaling.v2.MetricSpec": _fields(type={"enum": _METRICS}),
    "io.k8s.api.core.v1.ConfigMapVolumeSource": _fields("name", defaultMode=_MODE, name=_TEXT),
    "io.k8s.api.core.v1.Container": _fields("image", image=_TEXT),
    "io.k8s.api.core.v1.ContainerPort": _fields(containerPort=_PORT, hostPort=_OPTIONAL_PORT),
    "io.k8s.api.core.v1.EnvVar": _fields(name={"pattern": "^[ -<>-~]+$"}),
    "io.k8s.api.core.v1.EnvVarSource": _ONE_OF_ITS_FIELDS,
    "io.k8s.api.core.v1.GRPCAction": _fields(port=_PORT),
    "io.k8s.api.core.v1.HTTPGetAction": _fields(port=_PORT_OR_NAME),
    "io.k8s.api.core.v1.KeyToPath": _fields(key=_TEXT, mode=_MODE, path=_BELOW),
    "io.k8s.api.core.v1.LifecycleHandler": _ONE_OF_ITS_FIELDS,
    "io.k8s.api.core.v1.ObjectFieldSelector": _fields(fieldPath=_FIELD_PATH),
    "io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource": _fields(claimName=_TEXT),
    "io.k8s.api.core.v1.PodAffinityTerm": _fields(topologyKey=_TEXT),
    "io.k8s.api.core.v1.PodSecurityContext": _fields(fsGroup=_USER, runAsGroup=_USER, runAsUser=_USER),
    "io.k8s.api.core.v1.PodSpec": _fields(
        containers={"minItems": 1}, nodeName=_SUBDOMAIN, serviceAccountName=_SUBDOMAIN
    ),
    "io.k8s.api.core.v1.PreferredSchedulingTerm": _fields(weight=_WEIGHT),
    "io.k8s.api.core.v1.Probe": _fields(**_SECONDS, **_THRESHOLDS),
    "io.k8s.api.core.v1.ProjectedVolumeSource": _fields(defaultMode=_MODE),
    "io.k8s.api.core.v1.ResourceRequirements": _fields(limits=_RESOURCES, requests=_RESOURCES),
    "io.k8s.api.core.v1.SecretVolumeSource": _fields("secretName", defaultMode=_MODE, secretName=_TEXT),
    "io.k8s.api.core.v1.SecurityContext": _fields(runAsGroup=_USER, runAsUser=_USER),
    "io.k8s.api.core.v1.ServicePort": _fields(nodePort=_OPTIONAL_PORT, port=_PORT, targetPort=_TARGET),
    "io.k8s.api.core.v1.ServiceSpec": _fields(
        clusterIP={"pattern": "^(None|[0-9A-Fa-f.:]*)$"}, loadBalancerSourceRanges={"items": _CIDR}
    ),
    "io.k8s.api.core.v1.SleepAction": _fields(seconds=_NATURAL),
    "io.k8s.api.core.v1.TCPSocketAction": _fields(port=_PORT_OR_NAME),
    "io.k8s.api.core.v1.TopologySpreadConstraint": _fields(
        maxSkew=_POSITIVE, minDomains=_POSITIVE, topologyKey=_TEXT
    ),
    "io.k8s.api.core.v1.Volume": {"maxProperties": 2},  # its name, and one source
    "io.k8s.api.core.v1.VolumeMount": _fields(mountPath=_TEXT, subPath=_BELOW),
    "io.k8s.api.core.v1.WeightedPodAffinityTerm": _fields(weight=_WEIGHT),
    "io.k8s.api.networking.v1.IPBlock": _fields(cidr=_CIDR),
    "io.k8s.api.networking.v1.NetworkPolicyPort": _fields(port=_PORT_OR_NAME),
    "io.k8s.api.policy.v1.PodDisruptionBudgetSpec": _fields(maxUnavailable=_AMOUNT, minAvailable=_AMOUNT),
}

# Fields that the documents call required; the server takes those that are not there for their zero value.
OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    "io.k8s.api.batch.v1.PodFailurePolicy": ("rules",),
    "io.k8s.api.core.v1.HTTPHeader": ("value",),
    "io.k8s.api.core.v1.ISCSIPersistentVolumeSource": ("lun",),
    "io.k8s.api.core.v1.ISCSIVolumeSource": ("lun",),
    "io.k8s.api.core.v1.PreferredSchedulingTerm": ("preference",),
    "io.k8s.api.core.v1.SleepAction": ("seconds",),
    "io.k8s.api.core.v1.Sysctl": ("value",),
    "io.k8s.api.core.v1.LimitRangeSpec": ("limits",),
    "io.k8s.api.discovery.v1.EndpointSlice": ("endpoints",),
    "io.k8s.api.rbac.v1.RoleRef": ("apiGroup",),
    "io.k8s.api.scheduling.v1.PriorityClass": ("value",),
    "io.k8s.api.storage.v1.CSIDriver": ("spec",),
    "io.k8s.api.storage.v1.TokenRequest": ("audience",),
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion": ("served",),
}

# Enumerated fields whose empty text the server takes for none, and fills with a default where it has one.
DEFAULTED: Final[dict[str, tuple[str, ...]]] = {
    "io.k8s.api.apps.v1.DaemonSetUpdateStrategy": ("type",),
    "io.k8s.api.apps.v1.DeploymentStrategy": ("type",),
    "io.k8s.api.apps.v1.StatefulSetSpec": ("podManagementPolicy",),
    "io.k8s.api.apps.v1.StatefulSetUpdateStrategy": ("type",),
    "io.k8s.api.batch.v1.CronJobSpec": ("concurrencyPolicy",),
    "io.k8s.api.core.v1.Container": ("imagePullPolicy", "terminationMessagePolicy"),
    "io.k8s.api.core.v1.ContainerPort": ("protocol",),
    "io.k8s.api.core.v1.EndpointPort": ("protocol",),
    "io.k8s.api.core.v1.HTTPGetAction": ("scheme",),
    "io.k8s.api.core.v1.ImageVolumeSource": ("pullPolicy",),
    "io.k8s.api.core.v1.PersistentVolumeSpec": ("persistentVolumeReclaimPolicy",),
    "io.k8s.api.core.v1.PodSpec": ("dnsPolicy", "restartPolicy"),
    "io.k8s.api.core.v1.ServicePort": ("protocol",),
    "io.k8s.api.core.v1.ServiceSpec": ("externalTrafficPolicy", "sessionAffinity", "type"),
    "io.k8s.api.core.v1.Toleration": ("effect", "operator"),
    "io.k8s.api.storage.v1.StorageClass": ("reclaimPolicy",),
}

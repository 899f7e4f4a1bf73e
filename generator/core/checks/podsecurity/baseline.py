"""The controls of the baseline level: no known ways out of a pod."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.core.checks.podsecurity.control import Control, Level, Subject, Violation, shown

_CAPABILITIES: Final = frozenset(
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID "
    "SYS_CHROOT".split()
)
# Safe sysctls, and the minor version of the standard that first allows them.
_SYSCTLS: Final[dict[str, int]] = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
    "net.ipv4.tcp_slow_start_after_idle": 37,
    "net.ipv4.tcp_notsent_lowat": 37,
}
_SELINUX_TYPES: Final = {
    "container_t": 0,
    "container_init_t": 0,
    "container_kvm_t": 0,
    "container_engine_t": 31,
}
_PROFILES: Final = ("RuntimeDefault", "Localhost")
_APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP: Final = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER: Final = "container.seccomp.security.alpha.kubernetes.io/"
_HOOKS: Final[tuple[tuple[str, ...], ...]] = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
_FALSE: Final = "false, or not set"


def _app_armor(pod: Subject, minor: int) -> Iterator[Violation]:
    yield from bad_profiles(pod, "appArmorProfile")
    for key, value in pod.annotations.items():
        confined = value in ("", "runtime/default") or value.startswith("localhost/")
        if key.startswith(_APP_ARMOR) and not confined:
            allowed = '"runtime/default", or "localhost/" and the name of a profile'
            yield Violation(("metadata", "annotations", key), shown(value), allowed)


def bad_profiles(pod: Subject, field: str) -> Iterator[Violation]:
    """Profiles of AppArmor or seccomp, of the pod and of containers, that switch the confinement off."""
    for path, context in pod.contexts():
        profile = context.get(field)
        if profile is not None and profile.get("type") not in _PROFILES:
            yield Violation((*path, field, "type"), shown(profile.get("type")), " or ".join(_PROFILES))


def _seccomp(pod: Subject, minor: int) -> Iterator[Violation]:
    if minor >= 19:
        yield from bad_profiles(pod, "seccompProfile")
        return
    keys = [_SECCOMP, *(_SECCOMP_CONTAINER + str(c.get("name")) for _, c in pod.containers())]
    for key in keys:
        value = pod.annotations.get(key, "runtime/default")
        if value not in ("runtime/default", "docker/default") and not value.startswith("localhost/"):
            allowed = '"runtime/default", "docker/default", or "localhost/" and the name of a profile'
            yield Violation(("metadata", "annotations", key), shown(value), allowed)


def _capabilities(pod: Subject, minor: int) -> Iterator[Violation]:
    for path, context in pod.container_contexts():
        added = (context.get("capabilities") or {}).get("add") or ()
        for index, capability in enumerate(added):
            if capability not in _CAPABILITIES:
                place = (*path, "capabilities", "add", index)
                yield Violation(place, shown(capability), f"only {', '.join(sorted(_CAPABILITIES))}")


def _host_namespaces(pod: Subject, minor: int) -> Iterator[Violation]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(field):
            yield Violation(("spec", field), "true", _FALSE)


def _host_paths(pod: Subject, minor: int) -> Iterator[Violation]:
    for index, volume in enumerate(pod.spec.get("volumes") or ()):
        if volume.get("hostPath") is not None:
            allowed = "a volume of another type"
            yield Violation(("spec", "volumes", index, "hostPath"), "a path of the node", allowed)


def _host_ports(pod: Subject, minor: int) -> Iterator[Violation]:
    for path, container in pod.containers():
        for index, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                place = (*path, "ports", index, "hostPort")
                yield Violation(place, shown(port["hostPort"]), "0, or not set")


def _hosts_of_hooks(pod: Subject, minor: int) -> Iterator[Violation]:
    for path, container in pod.containers():
        for steps in _HOOKS:
            hook: Mapping[str, Any] = container
            for step in steps:
                hook = hook.get(step) or {}
            for action in ("httpGet", "tcpSocket"):
                if host := (hook.get(action) or {}).get("host"):
                    yield Violation((*path, *steps, action, "host"), shown(host), "no host")


def _privileged(pod: Subject, minor: int) -> Iterator[Violation]:
    for path, context in pod.container_contexts():
        if context.get("privileged"):
            yield Violation((*path, "privileged"), "true", _FALSE)


def masked_proc(pod: Subject, minor: int) -> Iterator[Violation]:
    """Containers that see parts of /proc that are masked by default."""
    for path, context in pod.container_contexts():
        if context.get("procMount") not in (None, "Default"):
            yield Violation((*path, "procMount"), shown(context["procMount"]), "Default, or not set")


def _proc_mount(pod: Subject, minor: int) -> Iterator[Violation]:
    if not (minor >= 35 and pod.in_user_namespace):
        yield from masked_proc(pod, minor)


def _selinux(pod: Subject, minor: int) -> Iterator[Violation]:
    types = [name for name, since in _SELINUX_TYPES.items() if since <= minor]
    for path, context in pod.contexts():
        options = context.get("seLinuxOptions") or {}
        if options.get("type") and options["type"] not in types:
            allowed = f"one of {', '.join(types)}, or not set"
            yield Violation((*path, "seLinuxOptions", "type"), shown(options["type"]), allowed)
        for field in ("user", "role"):
            if options.get(field):
                yield Violation((*path, "seLinuxOptions", field), shown(options[field]), "not set")


def _sysctls(pod: Subject, minor: int) -> Iterator[Violation]:
    for index, sysctl in enumerate(pod.context.get("sysctls") or ()):
        name = sysctl.get("name")
        since = _SYSCTLS.get(name)
        if since is None or since > minor:
            allowed = ", ".join(known for known, first in _SYSCTLS.items() if first <= minor)
            if since is not None:
                allowed += f"; this one from v1.{since}"
            yield Violation(("spec", "securityContext", "sysctls", index, "name"), shown(name), allowed)


def _windows(pod: Subject, minor: int) -> Iterator[Violation]:
    for path, context in pod.contexts():
        if (context.get("windowsOptions") or {}).get("hostProcess"):
            yield Violation((*path, "windowsOptions", "hostProcess"), "true", _FALSE)


CONTROLS: Final = tuple(
    Control(id, title, Level.BASELINE, check, since)
    for id, title, check, since in (
        ("appArmorProfile", "AppArmor", _app_armor, 0),
        ("capabilities_baseline", "Capabilities", _capabilities, 0),
        ("hostNamespaces", "Host Namespaces", _host_namespaces, 0),
        ("hostPathVolumes", "HostPath Volumes", _host_paths, 0),
        ("hostPorts", "Host Ports", _host_ports, 0),
        ("hostProbesAndHostLifecycle", "Host Probes / Lifecycle Hooks", _hosts_of_hooks, 34),
        ("privileged", "Privileged Containers", _privileged, 0),
        ("procMount", "/proc Mount Type", _proc_mount, 0),
        ("seLinuxOptions", "SELinux", _selinux, 0),
        ("seccompProfile_baseline", "Seccomp", _seccomp, 0),
        ("sysctls", "Sysctls", _sysctls, 0),
        ("windowsHostProcess", "HostProcess", _windows, 0),
    )
)

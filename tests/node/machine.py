"""One machine of the cluster: containerd and kubelet, in a mount namespace of their own."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from tests.cluster.control_plane import StartError
from tests.cluster.process import Server
from tests.cluster.programs import PROGRAMS, obtain
from tests.node import mounts
from tests.node.packages import Packages

LOGIN_SERVER = "ganregistry.azurecr.io"  # as values/azure.yaml has it
BRIDGE = "br0"
REGISTRY = "10.90.0.1:5000"
PAUSE = "gen.test/pause:1"
_READY = 60.0  # seconds


def address(number: int) -> str:
    """The address of a machine; they all sit on one bridge."""
    return f"10.90.0.{number}"


def run(folder: Path, number: int, packages: Packages) -> None:
    """Be machine `number` of the cluster in a folder until killed. Raises `StartError`."""
    mounts.hide("/run", "/var/lib")
    own = folder / f"machine-{number}"
    for name in ("cni", f"registries/{LOGIN_SERVER}", "logs"):
        (own / name).mkdir(parents=True)
    (own / "containerd.toml").write_text(_containerd(own, packages))
    (own / "cni/10-gen.conflist").write_text(json.dumps(_network(own, number)))
    (own / f"registries/{LOGIN_SERVER}/hosts.toml").write_text(_HOSTS)
    (own / "kubelet.json").write_text(json.dumps(_kubelet(folder, own, number)))
    containerd = Server(
        [packages.program("containerd"), "--config", own / "containerd.toml"], own, packages.environment
    )
    _load_pause(folder, own, containerd, packages)
    command = [str(obtain(PROGRAMS["kubelet"], print)), *_arguments(folder, own, number)]
    kubelet = Server(command, own, packages.environment)
    while containerd.status is None and kubelet.status is None:
        time.sleep(0.5)
    raise StartError(f"machine {number} ended:\n{containerd.log[-1500:]}\n{kubelet.log[-1500:]}")


def _load_pause(folder: Path, own: Path, containerd: Server, packages: Packages) -> None:
    deadline = time.monotonic() + _READY
    command = [str(packages.program("ctr")), "-a", str(own / "containerd.sock"), "-n", "k8s.io"]
    while True:
        done = subprocess.run(
            [*command, "images", "import", folder / "pause.tar"], capture_output=True, text=True
        )
        if done.returncode == 0:
            return
        if containerd.status is not None or time.monotonic() > deadline:
            raise StartError(f"containerd takes no image: {done.stderr}\n{containerd.log[-1500:]}")
        time.sleep(0.1)


def _arguments(folder: Path, own: Path, number: int) -> list[str]:
    return [
        f"--config={own / 'kubelet.json'}",
        f"--kubeconfig={folder / 'kubeconfig'}",
        f"--root-dir={own / 'kubelet'}",
        f"--cert-dir={own / 'pki'}",
        f"--hostname-override=machine-{number}",
        f"--node-ip={address(number)}",
        f"--node-labels=topology.kubernetes.io/zone=zone-{number}",
    ]


def _kubelet(folder: Path, own: Path, number: int) -> dict[str, object]:
    """Its settings: no cgroups but those of containers, below one named after the folder; no eviction."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": address(number),
        "port": 10250,
        "healthzPort": 0,
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{folder.name}",
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "makeIPTablesUtilChains": False,
        "failSwapOn": False,
        "clusterDNS": ["10.0.0.10"],  # nobody answers there; without one every pod gets a warning
        "resolvConf": "/dev/null",
        "evictionHard": {"memory.available": "10Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "podLogsDir": str(own / "logs"),
        "volumePluginDir": str(own / "plugins"),
        "containerRuntimeEndpoint": f"unix://{own / 'containerd.sock'}",
        # Only the API server of this network namespace can reach it.
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
    }


def _network(own: Path, number: int) -> dict[str, object]:
    ranges = {
        "subnet": "10.90.0.0/16",
        "rangeStart": f"10.90.{number}.10",
        "rangeEnd": f"10.90.{number}.250",
        "gateway": address(1),
    }
    addresses = {
        "type": "host-local",
        "dataDir": str(own / "addresses"),
        "ranges": [[ranges]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": BRIDGE, "isGateway": False, "hairpinMode": True, "ipam": addresses}
    return {"cniVersion": "0.4.0", "name": "gen", "plugins": [bridge, {"type": "loopback"}]}


def _containerd(own: Path, packages: Packages) -> str:
    return f"""version = 2
root = "{own}/containerd"
state = "{own}/state"
disabled_plugins = [{", ".join(f'"io.containerd.snapshotter.v1.{name}"' for name in _SNAPSHOTTERS)}]
[grpc]
  address = "{own}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{own}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  restrict_oom_score_adj = true  # without the capability for it, runc would fail
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "{packages.cni}"
  conf_dir = "{own}/cni"
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "{own}/registries"
"""


_SNAPSHOTTERS = ("aufs", "btrfs", "devmapper", "zfs")
# `server` too: otherwise a refusal sends containerd on to the real host, and its error hides the cause.
_HOSTS = f"""server = "http://{REGISTRY}"
[host."http://{REGISTRY}"]
  capabilities = ["pull", "resolve"]
"""

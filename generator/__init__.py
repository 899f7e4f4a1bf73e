"""gen: typed values files in, plain and reviewed Kubernetes YAML out.

The line, from left to right; only its two ends touch the disk:

    project.read → values.merge → schema.validate → templates.render → manifests.bind
        → checks.run → serialise.dump → output.write | output.compare
"""

__version__ = "0.1.0"

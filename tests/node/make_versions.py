"""Models with samples and their scores, for the images of the node; versions differ in their weights.

.cache/peer/bin/python -m tests.node.make_versions DIR
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import tensorflow as tf

from tests.peer import make_models


def main(folder: Path) -> None:
    make_models.make_samples(folder / "samples")
    image = tf.constant([(folder / "samples/image_0.jpg").read_bytes()])
    scores = {}
    for name, version in (("gan", 1), ("gan", 2), ("digits-v2", 3), ("digits-v2", 4), ("words", 5)):
        make_models.gan(folder / name / str(version), seed=6 + version)
        loaded = tf.saved_model.load(str(folder / name / str(version)))
        scores[version] = loaded.signatures["predict_images"](images=image)["scores"].numpy().tolist()
    (folder / "scores.json").write_text(json.dumps(scores))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

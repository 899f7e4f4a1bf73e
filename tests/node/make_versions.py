"""Two versions of the model `gan` with samples and their scores, for the images of the node.

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
    for version, seed in ((1, 7), (2, 8)):
        make_models.gan(folder / "gan" / str(version), seed)
        loaded = tf.saved_model.load(str(folder / "gan" / str(version)))
        scores[version] = loaded.signatures["predict_images"](images=image)["scores"].numpy().tolist()
    (folder / "scores.json").write_text(json.dumps(scores))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

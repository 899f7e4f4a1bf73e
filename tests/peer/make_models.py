"""Writes the SavedModels that the peer serves, sample images, and what TensorFlow itself computes for them.

    .cache/peer/bin/python -m tests.peer.make_models DIR

DIR/models/NAME/VERSION are the models, DIR/samples/*.jpg the images, and DIR/cases.json holds inputs with the
outputs of TensorFlow called directly, without any server: what a client has to receive.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
_NUMPY_NAMES = {"float": "float32", "double": "float64", "half": "float16"}
_INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
ECHOED = ["float", "double", "half", "bfloat16", *_INTEGERS, "bool", "string"]


def gan(path: Path, seed: int = 7) -> None:
    """As the tutorial's export: one image as JPEG bytes, `scores` declared [1, 10], no serving_default.

    `seed` sets the weights of versions apart.
    """
    with v1.Graph().as_default(), v1.Session() as session:
        images = v1.placeholder(tf.string, [None], "images")
        pixels = tf.map_fn(_decoded, images, fn_output_signature=tf.float32)
        weights = v1.get_variable("weights", initializer=_weights((8 * 8 * 3, 10), seed))
        scores = tf.reshape(tf.nn.softmax(tf.reshape(pixels, [-1, 192]) @ weights), [1, 10])
        session.run(v1.global_variables_initializer())
        signature = v1.saved_model.predict_signature_def({"images": images}, {"scores": scores})
        _save(path, session, {"predict_images": signature})


def _decoded(jpeg: tf.Tensor) -> tf.Tensor:
    return tf.image.resize(tf.io.decode_jpeg(jpeg, channels=3), [8, 8]) / 255.0


def _weights(shape: tuple[int, ...], seed: int) -> Any:
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


def _save(path: Path, session: Any, signatures: dict[str, Any]) -> None:
    builder = v1.saved_model.Builder(str(path))
    builder.add_meta_graph_and_variables(session, ["serve"], signature_def_map=signatures)
    builder.save()


class Numeric(tf.Module):
    """y = 2x + 1 and the sum of each row."""

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32, name="x")])
    def serve(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": 2.0 * x + 1.0}


class Multi(tf.Module):
    """Two inputs of different types, three outputs, one of them bytes by its name."""

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 2], tf.float32, name="a"),
            tf.TensorSpec([None], tf.int64, name="b"),
        ]
    )
    def serve(self, a: tf.Tensor, b: tf.Tensor) -> dict[str, tf.Tensor]:
        return {
            "total": tf.reduce_sum(a, axis=1) + tf.cast(b, tf.float32),
            "odd": tf.math.floormod(b, 2) == 1,
            "text_bytes": tf.strings.as_string(b),
        }


def echo_signatures() -> dict[str, Any]:
    """A signature a type that returns its input of any shape."""
    echo = tf.function(lambda x: {"x": tf.identity(x)})
    return {name: echo.get_concrete_function(tf.TensorSpec(None, _dtype(name), name="x")) for name in ECHOED}


def _dtype(name: str) -> tf.DType:
    return tf.as_dtype(_NUMPY_NAMES.get(name, name))


def flowers(path: Path, shift: float) -> None:
    """Classify and Regress over tf.train.Example; `shift` sets the versions apart."""
    with v1.Graph().as_default(), v1.Session() as session:
        serialized = v1.placeholder(tf.string, [None], "examples")
        parsed = tf.io.parse_example(serialized, {"x": tf.io.FixedLenFeature([2], tf.float32)})
        scores = tf.nn.softmax(tf.concat([parsed["x"], parsed["x"][:, :1] + shift], axis=1))
        names = tf.constant(["iris", "rose", "tulip"])
        classes = tf.tile(names[None], [tf.shape(scores)[0], 1])
        values = tf.reduce_sum(parsed["x"], axis=1) + shift
        session.run(v1.global_variables_initializer())
        make = v1.saved_model
        _save(
            path,
            session,
            {
                "serving_default": make.classification_signature_def(serialized, classes, scores),
                "regress": make.regression_signature_def(serialized, values),
            },
        )


def make_models(root: Path) -> None:
    gan(root / "gan/1")
    numeric = Numeric()
    tf.saved_model.save(numeric, str(root / "numeric/1"), signatures=numeric.serve)
    multi = Multi()
    tf.saved_model.save(multi, str(root / "multi/3"), signatures=multi.serve)
    tf.saved_model.save(tf.Module(), str(root / "echo/1"), signatures=echo_signatures())
    flowers(root / "flowers/1", 0.0)
    flowers(root / "flowers/2", 1.5)
    (root / "flowers/labels.json").write_text('{"stable": 1, "canary": 2}')
    (root / "broken/1").mkdir(parents=True)
    (root / "broken/1/saved_model.pb").write_bytes(b"no SavedModel at all")


def make_samples(folder: Path) -> None:
    folder.mkdir()
    noise = np.random.default_rng(7).integers(0, 255, (3, 32, 32, 3), dtype=np.uint8)
    jpegs = [tf.io.encode_jpeg(pixels).numpy() for pixels in noise]
    for number, jpeg in enumerate(jpegs):
        (folder / f"image_{number}.jpg").write_bytes(jpeg)
    (folder / "truncated.jpeg").write_bytes(jpegs[0][: len(jpegs[0]) // 2])


def make_cases(root: Path, samples: Path) -> list[dict[str, Any]]:
    cases = [
        ("gan", 1, "predict_images", {"images": np.array([(samples / "image_0.jpg").read_bytes()], object)}),
        ("numeric", 1, "serving_default", {"x": np.linspace(-3, 3, 35, dtype=np.float32).reshape(5, 7)}),
        (
            "multi",
            3,
            "serving_default",
            {"a": np.array([[1, 2.5], [0.1, -7]], np.float32), "b": np.array([2**53 + 1, -3])},
        ),
        *(("echo", 1, name, {"x": value}) for name in ECHOED for value in echoed(name)),
    ]
    return [_case(root, *case) for case in cases]


def echoed(name: str) -> list[Any]:
    """A scalar, an empty tensor and a matrix with the type's own edges."""
    if name == "string":
        values = [b"", b"\x00\xff", "jalapeño".encode(), b"x" * 300]
        return [np.array(b"one", object), np.zeros((0, 2), object), np.array(values, object).reshape(2, 2)]
    dtype = _dtype(name)
    if dtype.is_floating:
        edges = [0.0, -0.0, 1 / 3, -2.5, float("nan"), float("inf"), float("-inf"), dtype.max]
    elif dtype.is_bool:
        edges = [True, False] * 4
    else:
        edges = [dtype.min, dtype.max, 0, 1, 2, 3, 4, 5]
    matrix = (
        np.array(edges).astype(dtype.as_numpy_dtype)
        if dtype.is_floating
        else np.array(edges, dtype.as_numpy_dtype)
    )
    return [matrix[2], np.zeros((2, 0, 3), dtype.as_numpy_dtype), matrix.reshape(2, 1, 4)]


def _case(root: Path, model: str, version: int, signature: str, inputs: dict[str, Any]) -> dict[str, Any]:
    loaded = tf.saved_model.load(str(root / model / str(version)))
    answers = loaded.signatures[signature](**{name: tf.constant(value) for name, value in inputs.items()})
    return {
        "model": model,
        "version": version,
        "signature": signature,
        "inputs": {name: plain(tf.constant(value)) for name, value in inputs.items()},
        "outputs": {name: plain(value) for name, value in answers.items()},
    }


def plain(tensor: tf.Tensor) -> dict[str, Any]:
    array = tensor.numpy()
    if tensor.dtype == tf.string:
        content: Any = [base64.b64encode(item).decode() for item in np.ravel(array)]
    else:
        content = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": tensor.dtype.as_datatype_enum, "shape": list(tensor.shape), "content": content}


def main(folder: Path) -> None:
    make_models(folder / "models")
    make_samples(folder / "samples")
    (folder / "cases.json").write_text(
        json.dumps(make_cases(folder / "models", folder / "samples"), indent=1)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

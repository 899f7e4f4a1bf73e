"""A client for TensorFlow Serving that needs neither TensorFlow nor numpy.

    from generator.serving import Client, Model

    with Client.grpc("localhost:8500") as client:
        scores = client.predict(Model("gan"), {"images": [jpeg]}, "predict_images").outputs["scores"]

Its messages live in a descriptor pool of their own, so the official package may be imported beside it.
"""

from generator.serving.client import Client as Client
from generator.serving.dtypes import DType as DType
from generator.serving.failures import Code as Code
from generator.serving.failures import ServingError as ServingError
from generator.serving.models import Metadata as Metadata
from generator.serving.models import Model as Model
from generator.serving.models import Prediction as Prediction
from generator.serving.models import Scored as Scored
from generator.serving.models import Signature as Signature
from generator.serving.models import State as State
from generator.serving.models import TensorSpec as TensorSpec
from generator.serving.models import Version as Version
from generator.serving.tensors import Tensor as Tensor
from generator.serving.transport import Security as Security

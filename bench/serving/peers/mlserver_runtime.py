"""MLServer custom runtime over the shared numpy MLP."""
import os
import sys

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from model import Mlp  # noqa: E402


class MlpRuntime(MLModel):
    async def load(self) -> bool:
        self.m = Mlp()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        x = NumpyCodec.decode_input(payload.inputs[0])
        y = self.m.forward(np.asarray(x, dtype=np.float32).reshape(-1, 784))
        return InferenceResponse(
            model_name=self.name,
            id=payload.id,
            outputs=[NumpyCodec.encode_output("output", y)],
        )

"""Networks made through the REST API, each with its twin in NumPy, which computes in float64 on the weights that the server tells."""

from uuid import uuid4

import numpy as np

IN, HIDDEN, OUT = 8, 16, 5


class Network:
    """One model of the server. `name` is new, so that tests do not meet."""

    def __init__(self, rest, architecture):
        self.rest = rest
        self.name = f"m{uuid4().hex}"
        rest.send("POST", "/v1/models", {"name": self.name, "seed": 0, "architecture": architecture})

    def do(self, method, path, body=None):
        return self.rest.send(method, f"/v1/models/{self.name}{path}", body)

    def delete(self):
        self.do("DELETE", "")


class Perceptron(Network):
    """Two Dense layers with ReLU between them: (batch, IN) in, (batch, OUT) out."""

    def __init__(self, rest):
        layers = [
            {"type": "Dense", "units": HIDDEN, "activation": "relu", "in_units": IN},
            {"type": "Dense", "units": OUT, "in_units": HIDDEN},
        ]
        super().__init__(rest, {"type": "Sequential", "children": layers})
        self.do("POST", "/initialize", {"init": {"type": "Normal", "sigma": 0.5}})

    def checkpoint(self):
        """Saves a checkpoint, which is a version; returns its number as text."""
        return str(self.do("POST", "/checkpoints")["id"])

    def set_bias(self, value):
        self.do("PATCH", "/parameters/1.bias/data", {"slice": ":", "set": value})

    def twin(self):
        """What the live network computes, as a function of NumPy arrays."""
        names = ["0.weight", "0.bias", "1.weight", "1.bias"]
        weight, bias, last_weight, last_bias = [self.rest.parameter(self.name, name).astype(np.float64) for name in names]

        def forward(rows):
            hidden = np.maximum(rows.astype(np.float64) @ weight.T + bias, 0)
            return hidden @ last_weight.T + last_bias

        return forward


class Pair(Network):
    """Two inputs, two outputs: their sum and their difference."""

    def __init__(self, rest):
        super().__init__(rest, {"type": "Pair"})


class Accumulator(Network):
    """An input, and a list of two states; out come their sum and the states, each with the input added."""

    def __init__(self, rest):
        super().__init__(rest, {"type": "Accumulator"})


class Slow(Network):
    """One large Dense layer, which keeps an engine busy for a while."""

    WIDTH = 1024

    def __init__(self, rest):
        super().__init__(rest, {"type": "Dense", "units": self.WIDTH, "in_units": self.WIDTH})
        self.do("POST", "/initialize", {"init": "ones"})


def rows(count, seed=0):
    """An input of a Perceptron."""
    return np.random.default_rng(seed).standard_normal((count, IN)).astype(np.float32)


def assert_close(received, expected):
    """Float32 sums in another order than NumPy's float64."""
    assert received.dtype == np.float32
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-5)


def assert_classes(received, expected, count):
    """`received` holds `value:index` for the `count` largest of each row, largest first."""
    largest = np.argsort(-expected, axis=1)[:, :count]
    parts = [[text.decode().split(":") for text in row] for row in received]
    assert [[int(index) for _, index in row] for row in parts] == largest.tolist()
    values = np.array([[np.float32(value) for value, _ in row] for row in parts])
    assert_close(values, np.take_along_axis(expected, largest, axis=1))

"""The server's own REST API, as far as the tests need it to make models. Nothing but the standard library."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np


class Rest:
    """A server at `address`, which is `host:port`."""

    def __init__(self, address):
        self.address = address

    def send(self, method, path, body=None):
        """The parsed JSON of the answer, or None for an empty one. Raises RuntimeError with what the server says."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"http://{self.address}{path}", data, {"content-type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=120) as response:
                text = response.read()
        except HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.read().decode()}") from error
        return json.loads(text) if text else None

    def parameter(self, model, name):
        """The value of a parameter, exactly: JSON has enough digits."""
        tensor = self.send("GET", f"/v1/models/{model}/parameters/{name}/data")
        return np.array(tensor["data"], tensor["dtype"]).reshape(tensor["shape"])

"""kserve.InferenceRESTClient: it reads an error only where the content type is exactly application/json, and names the model in the body."""

import asyncio

import httpx
import numpy as np
import pytest
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

from networks import IN, OUT, assert_close, rows

pytestmark = pytest.mark.anyio
AT_ONCE = 1000


# With httpx's usual 100 connections, of which it keeps 20, a thousand requests time out in its own pool, whatever the server.
LIMITS = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)


@pytest.fixture
async def client():
    async with InferenceRESTClient(RESTConfig(httpx.AsyncHTTPTransport(limits=LIMITS), protocol="v2", timeout=120)) as client:
        yield client


@pytest.fixture
def url(address):
    return f"http://{address}"


def request(net, array, binary=True, datatype="FP32", name="data", **options):
    tensor = InferInput(name, list(array.shape), datatype)
    tensor.set_data_from_numpy(array, binary_data=binary)
    return InferRequest(net.name, [tensor], **options)


async def infer(client, url, net, array, **options):
    response = await client.infer(url, request(net, array, **options), model_name=net.name)
    return response.get_output_by_name("output").as_numpy()


async def refusal(client, url, name, data):
    """Status and message of the error that an inference ends with."""
    with pytest.raises(httpx.HTTPStatusError) as caught:
        await client.infer(url, data, model_name=name)
    return caught.value.response.status_code, str(caught.value)


async def test_health_tells_what_is_ready(client, url, net):
    assert await client.is_server_live(url) is True
    assert await client.is_server_ready(url) is True
    assert await client.is_model_ready(url, net.name)
    assert not await client.is_model_ready(url, "nobody")
    net.rest.send("POST", f"/v2/repository/models/{net.name}/unload")
    assert not await client.is_model_ready(url, net.name)


@pytest.mark.parametrize("parameters", [None, {"binary_data_output": True}, {"binary_data_output": False}])
@pytest.mark.parametrize("binary", [True, False])
async def test_json_and_binary_requests_give_numpys_numbers(client, url, net, binary, parameters):
    given = rows(3)
    assert_close(await infer(client, url, net, given, binary=binary, parameters=parameters), net.twin()(given))


@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
async def test_answers_come_compressed_as_asked(client, url, net, encoding):
    given = rows(3)
    headers = {}
    asked = request(net, given, parameters={"binary_data_output": True})
    response = await client.infer(url, asked, model_name=net.name, headers={"accept-encoding": encoding}, response_headers=headers)
    assert headers.get("content-encoding", "identity") == encoding
    assert_close(response.get_output_by_name("output").as_numpy(), net.twin()(given))


async def test_a_plain_dictionary_is_a_request(client, url, net):
    given = rows(2)
    data = {"id": "7", "inputs": [{"name": "data", "datatype": "FP32", "shape": [2, IN], "data": given.tolist()}]}
    response = await client.infer(url, data, model_name=net.name)
    assert (response.id, response.model_name) == ("7", net.name)
    output = response.get_output_by_name("output")
    assert (output.datatype, output.shape) == ("FP32", [2, OUT])
    assert_close(output.as_numpy(), net.twin()(given))


async def test_half_precision_goes_in_binary(client, url, net):
    given = rows(2).astype(np.float16)
    assert_close(await infer(client, url, net, given, datatype="FP16"), net.twin()(given))


async def test_outputs_are_chosen_by_name_each_in_its_form(client, url, pair):
    arrays = [np.array([[1, 2]], np.float32), np.array([[10, 20]], np.float32)]
    inputs = [InferInput(f"data{i}", [1, 2], "FP32") for i in range(2)]
    inputs[0].set_data_from_numpy(arrays[0], binary_data=False)
    inputs[1].set_data_from_numpy(arrays[1])
    outputs = [RequestedOutput("output1", {"binary_data": True}), RequestedOutput("output0", {"binary_data": False})]
    response = await client.infer(url, InferRequest(pair.name, inputs, request_outputs=outputs), model_name=pair.name)
    assert [(output.name, output.as_numpy().tolist()) for output in response.outputs] == [("output1", [[-9, -18]]), ("output0", [[11, 22]])]


async def test_errors_are_the_clients_own_with_what_the_server_says(client, url, net):
    given = rows(1)
    cases = [
        (await refusal(client, url, "nobody", request(net, given)), 404, "no model 'nobody'"),
        (await refusal(client, url, net.name, request(net, given, name="x")), 400, "no input 'x'. It has 'data'"),
        (await refusal(client, url, net.name, request(net, given[:, 1:])), 400, f"(batch, {IN})"),
        (await refusal(client, url, net.name, {"inputs": []}), 400, "needs the input 'data'"),
        (await refusal(client, url, net.name, request(net, np.array([b"a"], np.object_), datatype="BYTES")), 400, "networks take numbers"),
    ]
    for (status, message), expected, says in cases:
        assert status == expected
        assert says in message
    assert_close(await infer(client, url, net, given), net.twin()(given))


@pytest.fixture
async def v1():
    async with InferenceRESTClient(RESTConfig(protocol="v1", timeout=120)) as client:
        yield client


async def test_v1_answers_a_prediction_for_each_instance(v1, url, net):
    given = rows(3)
    answer = await v1.infer(url, {"instances": given.tolist()}, model_name=net.name)
    assert_close(np.array(answer["predictions"], np.float32), net.twin()(given))


async def test_v1_names_several_inputs_and_outputs_in_each_instance(v1, url, pair):
    instances = [{"data0": [1, 2], "data1": [10, 20]}, {"data0": [3, 4], "data1": [4, -5]}]
    answer = await v1.infer(url, {"instances": instances}, model_name=pair.name)
    assert answer == {"predictions": [{"output0": [11, 22], "output1": [-9, -18]}, {"output0": [7, -1], "output1": [-1, 9]}]}


async def test_v1_errors_say_what_the_server_says(v1, url, net):
    status, message = await refusal(v1, url, "nobody", {"instances": [[1]]})
    assert (status, "no model 'nobody'" in message) == (404, True)
    status, message = await refusal(v1, url, net.name, {"instances": [[1, 2], [3]]})
    assert (status, "/instances/1" in message) == (400, True)


async def test_a_thousand_requests_at_once_each_get_their_own_answer(client, url, net):
    given = [rows(1 + i % 3, seed=i) for i in range(AT_ONCE)]
    answers = await asyncio.gather(*(infer(client, url, net, array, binary=i % 2 == 0) for i, array in enumerate(given)))
    forward = net.twin()
    for array, answer in zip(given, answers):
        assert_close(answer, forward(array))

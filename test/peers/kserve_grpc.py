"""kserve.InferenceGRPCClient. It sends elements as typed or as raw contents."""

import asyncio

import grpc
import numpy as np
import pytest
from kserve import InferenceGRPCClient, InferInput, InferRequest
from kserve.protocol.infer_type import RequestedOutput

from networks import IN, assert_close, rows

pytestmark = pytest.mark.anyio
AT_ONCE = 1000
RAW = [True, False]


@pytest.fixture
async def client(grpc_address):
    async with InferenceGRPCClient(grpc_address) as client:
        yield client


def tensor(array, raw=True, datatype="FP32", name="data"):
    made = InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array, binary_data=raw)
    return made


def request(net, *tensors, name=None, **options):
    return InferRequest(name or net.name, list(tensors), request_id="7", **options)


async def infer(client, net, array, raw=True, datatype="FP32", **options):
    response = await client.infer(request(net, tensor(array, raw, datatype), **options))
    assert (response.id, response.model_name) == ("7", net.name)
    return response.get_output_by_name("output").as_numpy()


async def refusal(client, asked):
    """Status and details of the error that an inference ends with."""
    with pytest.raises(grpc.RpcError) as caught:
        await client.infer(asked)
    return caught.value.code(), caught.value.details()


async def test_health_tells_what_is_ready(client, net):
    assert await client.is_server_live()
    assert await client.is_server_ready()
    assert await client.is_model_ready(net.name)
    net.rest.send("POST", f"/v2/repository/models/{net.name}/unload")
    assert not await client.is_model_ready(net.name)


@pytest.mark.parametrize("raw", RAW)
async def test_typed_and_raw_contents_give_numpys_numbers(client, net, raw):
    given = rows(3)
    assert_close(await infer(client, net, given, raw), net.twin()(given))


@pytest.mark.parametrize("raw", RAW)
async def test_other_datatypes_are_cast_exactly(client, net, raw):
    given = np.arange(IN).reshape(1, IN)
    kinds = {
        "UINT8": np.uint8, "UINT16": np.uint16, "UINT32": np.uint32, "UINT64": np.uint64,
        "INT8": np.int8, "INT16": np.int16, "INT32": np.int32, "INT64": np.int64, "FP64": np.float64,
    }
    expected = net.twin()(given)
    for datatype, dtype in kinds.items():
        assert_close(await infer(client, net, given.astype(dtype), raw, datatype), expected)
    flags = given % 2 == 0
    assert_close(await infer(client, net, flags, raw, "BOOL"), net.twin()(flags))


@pytest.mark.parametrize("raw", RAW)
async def test_int64_beyond_two_to_the_53_is_exact_or_refused(client, net, raw):
    large = np.full((1, IN), 2**60, np.int64)
    assert np.isfinite(await infer(client, net, large, raw, "INT64")).all()
    assert str(2**60 + 1) in (await refusal(client, request(net, tensor(large + 1, raw, "INT64"))))[1]


async def test_half_precision_goes_raw(client, net):
    given = rows(2).astype(np.float16)
    assert_close(await infer(client, net, given, datatype="FP16"), net.twin()(given))


async def test_versions_are_checkpoints(client, net):
    given = rows(1)
    expected = net.twin()(given)
    version = net.checkpoint()
    net.set_bias(100)
    assert_close(await infer(client, net, given, model_version=version), expected)
    assert_close(await infer(client, net, given), net.twin()(given))


async def test_several_inputs_and_chosen_outputs(client, pair):
    tensors = [tensor(np.array([[value]], np.float32), name=f"data{i}") for i, value in enumerate([1, 10])]
    response = await client.infer(request(pair, *tensors, request_outputs=[RequestedOutput("output1"), RequestedOutput("output0")]))
    assert [(output.name, output.as_numpy().tolist()) for output in response.outputs] == [("output1", [[-9]]), ("output0", [[11]])]


async def test_parameters_of_ones_own_change_nothing(client, net):
    given = rows(1)
    own = {"text": "x", "number": 1, "flag": True, "priority": 2, "timeout": 30_000_000}
    assert_close(await infer(client, net, given, parameters=own), net.twin()(given))


async def test_errors_are_the_clients_own_with_what_the_server_says(client, net):
    given = rows(1)
    cases = [
        (await refusal(client, request(net, tensor(given), name="nobody")), grpc.StatusCode.NOT_FOUND, "nobody"),
        (await refusal(client, request(net, tensor(given, name="x"))), grpc.StatusCode.INVALID_ARGUMENT, "'data'"),
        (await refusal(client, request(net, tensor(given[:, 1:]))), grpc.StatusCode.INVALID_ARGUMENT, f"(batch, {IN})"),
        (await refusal(client, request(net)), grpc.StatusCode.INVALID_ARGUMENT, "'data'"),
    ]
    for (status, details), expected, says in cases:
        assert (status, says in details) == (expected, True), details
    with pytest.raises(grpc.RpcError, match="nobody"):
        await client.is_model_ready("nobody")
    assert_close(await infer(client, net, given), net.twin()(given))


async def test_a_thousand_requests_at_once_each_get_their_own_answer(client, net):
    given = [rows(1 + i % 3, seed=i) for i in range(AT_ONCE)]
    answers = await asyncio.gather(*(infer(client, net, array, raw=i % 2 == 0) for i, array in enumerate(given)))
    forward = net.twin()
    for array, answer in zip(given, answers):
        assert_close(answer, forward(array))

"""tritonclient.http.aio. It says of every body that it is octet-stream, and takes every answer but those of inferences as it comes."""

import asyncio

import numpy as np
import pytest
from tritonclient.http import InferInput, InferRequestedOutput
from tritonclient.http.aio import InferenceServerClient
from tritonclient.utils import InferenceServerException

from networks import IN, OUT, assert_classes, assert_close, rows

pytestmark = pytest.mark.anyio
ENCODINGS = [None, "gzip", "deflate"]
AT_ONCE = 1000


@pytest.fixture
async def client(address):
    async with InferenceServerClient(address, conn_limit=AT_ONCE) as client:
        yield client


def tensor(array, name="data", binary=True):
    made = InferInput(name, list(array.shape), "FP32")
    made.set_data_from_numpy(array, binary_data=binary)
    return made


async def infer(client, net, array, **options):
    return (await client.infer(net.name, [tensor(array)], **options)).as_numpy("output")


async def refusal(client, name, *inputs, **options):
    """Status and message of the error that an inference ends with."""
    with pytest.raises(InferenceServerException) as caught:
        await client.infer(name, list(inputs), **options)
    return caught.value.status(), caught.value.message()


async def states(client, net):
    return {entry["version"]: entry["state"] for entry in await client.get_model_repository_index() if entry["name"] == net.name}


async def test_health_tells_what_is_ready(client, net):
    assert await client.is_server_live()
    assert await client.is_server_ready()
    assert await client.is_model_ready(net.name)
    assert not await client.is_model_ready(net.name, "1")
    assert not await client.is_model_ready("nobody")


async def test_metadata_configuration_and_statistics_describe_the_network(client, net):
    assert (await client.get_server_metadata())["name"] == "blockserve"
    metadata = await client.get_model_metadata(net.name)
    assert metadata["inputs"] == [{"name": "data", "datatype": "FP32", "shape": [-1, IN]}]
    assert (await client.get_model_config(net.name))["input"] == [{"name": "data", "data_type": "TYPE_FP32", "dims": [IN]}]
    await infer(client, net, rows(3))
    [stats] = (await client.get_inference_statistics(net.name))["model_stats"]
    assert (stats["inference_count"], stats["execution_count"]) == (3, 1)


@pytest.mark.parametrize("accepted", ENCODINGS)
@pytest.mark.parametrize("sent", ENCODINGS)
@pytest.mark.parametrize("binary_out", [True, False])
@pytest.mark.parametrize("binary_in", [True, False])
async def test_every_form_of_a_request_gives_numpys_numbers(client, net, binary_in, binary_out, sent, accepted):
    given = rows(3)
    result = await client.infer(
        net.name, [tensor(given, binary=binary_in)], outputs=[InferRequestedOutput("output", binary_data=binary_out)], request_id="1",
        request_compression_algorithm=sent, response_compression_algorithm=accepted,
    )
    assert_close(result.as_numpy("output"), net.twin()(given))
    assert result.get_response()["id"] == "1"


async def test_classification_gives_the_largest_of_each_row(client, net):
    given = rows(2)
    result = await client.infer(net.name, [tensor(given)], outputs=[InferRequestedOutput("output", class_count=OUT)])
    assert_classes(result.as_numpy("output"), net.twin()(given), OUT)


async def test_parameters_of_ones_own_change_nothing(client, net):
    given = rows(1)
    assert_close(await infer(client, net, given, priority=1, timeout=30_000_000, parameters={"own": "x"}), net.twin()(given))


async def test_a_request_that_takes_longer_than_its_timeout_is_an_error(client, slow):
    given = np.ones((4096, slow.WIDTH), np.float32)
    status, message = await refusal(client, slow.name, tensor(given), timeout=20_000)
    assert (status, "20 ms" in message) == ("504", True)


async def test_the_repository_shows_loads_and_unloads_versions(client, net):
    given = rows(2)
    expected = net.twin()(given)
    net.checkpoint()
    net.set_bias(100)
    await client.load_model(net.name, config='{"version_policy": {"all": {}}}')
    assert await states(client, net) == {"0": "READY", "1": "READY"}
    await client.unload_model(net.name)
    assert await states(client, net) == {"0": "UNAVAILABLE", "1": "UNAVAILABLE"}
    assert not await client.is_model_ready(net.name)
    await client.load_model(net.name)
    assert await states(client, net) == {"0": "READY", "1": "UNAVAILABLE"}
    assert_close(await infer(client, net, given, model_version="1"), expected)
    assert_close(await infer(client, net, given), net.twin()(given))


async def test_errors_are_the_clients_own_with_what_the_server_says(client, net):
    given = rows(1)
    cases = [
        (await refusal(client, "nobody", tensor(given)), "404", "nobody"),
        (await refusal(client, net.name, tensor(given), model_version="7"), "404", "7"),
        (await refusal(client, net.name, tensor(given, name="x")), "400", "'data'"),
        (await refusal(client, net.name, tensor(given[:, 1:])), "400", f"(batch, {IN})"),
        (await refusal(client, net.name, tensor(given), response_compression_algorithm="gzip", sequence_id=5), "400", "sequence"),
    ]
    for (status, message), expected, says in cases:
        assert status == expected
        assert says in message
    for ask in [client.get_model_metadata, client.get_model_config, client.load_model, client.unload_model]:
        with pytest.raises(InferenceServerException, match="nobody"):
            await ask("nobody")
    assert_close(await infer(client, net, given), net.twin()(given))


async def test_a_thousand_requests_at_once_each_get_their_own_answer(client, net):
    given = [rows(1 + i % 3, seed=i) for i in range(AT_ONCE)]
    answers = await asyncio.gather(*(infer(client, net, array) for array in given))
    forward = net.twin()
    for array, answer in zip(given, answers):
        assert_close(answer, forward(array))


async def test_two_versions_and_the_live_network_at_once_never_mix(client, net):
    given = rows(1)
    numbers = {}
    for bias in [10, 20, 30]:
        net.set_bias(bias)
        numbers[net.checkpoint() if bias < 30 else ""] = net.twin()(given)
    asked = [version for version in numbers for _ in range(100)]
    answers = await asyncio.gather(*(infer(client, net, given, model_version=version) for version in asked))
    for version, answer in zip(asked, answers):
        assert_close(answer, numbers[version])

"""tritonclient.grpc, synchronous and asynchronous. It sends elements as raw contents."""

import asyncio

import numpy as np
import pytest
from tritonclient.grpc import InferenceServerClient, InferInput, InferRequestedOutput, aio
from tritonclient.utils import InferenceServerException

from networks import IN, OUT, assert_classes, assert_close, rows

AT_ONCE = 1000


@pytest.fixture
def client(grpc_address):
    with InferenceServerClient(grpc_address) as client:
        yield client


def tensor(array, name="data", datatype="FP32"):
    made = InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array)
    return made


def infer(client, net, array, **options):
    return client.infer(net.name, [tensor(array)], **options).as_numpy("output")


def refusal(client, name, *inputs, **options):
    """Status and message of the error that an inference ends with."""
    with pytest.raises(InferenceServerException) as caught:
        client.infer(name, list(inputs), **options)
    return caught.value.status().removeprefix("StatusCode."), caught.value.message()


def states(client, net):
    return {entry.version: entry.state for entry in client.get_model_repository_index().models if entry.name == net.name}


def test_health_tells_what_is_ready(client, net):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(net.name)
    assert client.is_model_ready(net.name, "0")
    client.unload_model(net.name)
    assert not client.is_model_ready(net.name)


def test_metadata_and_configuration_are_those_of_http(client, net, rest):
    net.checkpoint()
    server = client.get_server_metadata(as_json=True)
    assert server == rest.send("GET", "/v2")
    metadata = client.get_model_metadata(net.name, as_json=True)
    assert (metadata["name"], metadata["versions"]) == (net.name, ["0", "1"])
    assert metadata["inputs"] == [{"name": "data", "datatype": "FP32", "shape": ["-1", str(IN)]}]
    assert metadata["outputs"] == [{"name": "output", "datatype": "FP32", "shape": ["-1", str(OUT)]}]
    config = client.get_model_config(net.name).config
    assert config.max_batch_size > 1
    assert [(each.name, list(each.dims)) for each in config.input] == [("data", [IN])]
    assert [(each.name, list(each.dims)) for each in config.output] == [("output", [OUT])]


def test_statistics_count_rows_executions_and_failures(client, net):
    for count in [1, 2, 4]:
        infer(client, net, rows(count))
    refusal(client, net.name, tensor(rows(1), name="x"))
    [stats] = client.get_inference_statistics(net.name).model_stats
    assert (stats.name, stats.version, stats.inference_count, stats.execution_count) == (net.name, "0", 7, 3)
    assert (stats.inference_stats.success.count, stats.inference_stats.fail.count) == (3, 1)
    assert stats.inference_stats.compute_infer.ns > 0
    assert sorted(batch.batch_size for batch in stats.batch_stats) == [1, 2, 4]


@pytest.mark.parametrize("compression", [None, "gzip", "deflate"])
def test_inferences_compressed_or_not_give_numpys_numbers(client, net, compression):
    given = rows(3)
    result = client.infer(net.name, [tensor(given)], request_id="é 1", compression_algorithm=compression)
    assert_close(result.as_numpy("output"), net.twin()(given))
    response = result.get_response()
    assert (response.id, response.model_name, response.model_version) == ("é 1", net.name, "0")


def test_classification_gives_the_largest_of_each_row(client, net):
    given = rows(4)
    result = client.infer(net.name, [tensor(given)], outputs=[InferRequestedOutput("output", class_count=2)])
    assert_classes(result.as_numpy("output"), net.twin()(given), 2)


def test_parameters_of_ones_own_change_nothing(client, net):
    given = rows(1)
    own = {"text": "x", "number": 1, "flag": True}
    assert_close(infer(client, net, given, priority=3, timeout=30_000_000, parameters=own), net.twin()(given))


def test_a_request_that_takes_longer_than_its_timeout_is_an_error(client, slow):
    given = np.ones((4096, slow.WIDTH), np.float32)
    assert refusal(client, slow.name, tensor(given), timeout=20_000)[0] == "DEADLINE_EXCEEDED"
    with pytest.raises(InferenceServerException, match="Deadline Exceeded"):
        client.infer(slow.name, [tensor(given)], client_timeout=0.02)
    assert infer(client, slow, given[:1]).tolist() == [[slow.WIDTH] * slow.WIDTH], "the next one is answered"


def test_versions_are_checkpoints_and_answer_with_their_own_values(client, net):
    given = rows(2)
    net.set_bias(10)
    expected = {net.checkpoint(): net.twin()(given)}
    net.set_bias(20)
    expected[""] = expected["0"] = net.twin()(given)
    for version, numbers in expected.items():
        assert_close(infer(client, net, given, model_version=version), numbers)


def test_the_repository_shows_loads_and_unloads_versions(client, net):
    given = rows(2)
    expected = net.twin()(given)
    net.checkpoint()
    assert states(client, net) == {"0": "READY", "1": "UNAVAILABLE"}
    client.load_model(net.name, config='{"version_policy": {"specific": {"versions": [1]}}}')
    assert states(client, net) == {"0": "READY", "1": "READY"}
    client.unload_model(net.name)
    assert states(client, net) == {"0": "UNAVAILABLE", "1": "UNAVAILABLE"}
    assert "unloaded" in refusal(client, net.name, tensor(given))[1]
    client.load_model(net.name)
    assert_close(infer(client, net, given), expected)


def test_errors_are_the_clients_own_with_what_the_server_says(client, net):
    given = rows(1)
    cases = [
        (refusal(client, "nobody", tensor(given)), "NOT_FOUND", "nobody"),
        (refusal(client, net.name, tensor(given), model_version="7"), "NOT_FOUND", "7"),
        (refusal(client, net.name, tensor(given), model_version="x"), "INVALID_ARGUMENT", "version"),
        (refusal(client, net.name, tensor(given, name="x")), "INVALID_ARGUMENT", "'data'"),
        (refusal(client, net.name, tensor(given[:, 1:])), "INVALID_ARGUMENT", f"(batch, {IN})"),
        (refusal(client, net.name, tensor(np.array([b"a"], np.object_), datatype="BYTES")), "INVALID_ARGUMENT", "networks take numbers"),
        (refusal(client, net.name, tensor(given), outputs=[InferRequestedOutput("scores")]), "INVALID_ARGUMENT", "'output'"),
        (refusal(client, net.name, tensor(given), sequence_id=5), "INVALID_ARGUMENT", "sequence"),
    ]
    for (status, message), expected, says in cases:
        assert (status, says in message) == (expected, True), message
    for ask in [client.get_model_metadata, client.get_model_config, client.load_model, client.unload_model]:
        with pytest.raises(InferenceServerException, match="nobody"):
            ask("nobody")
    assert_close(infer(client, net, given), net.twin()(given))


def test_several_inputs_and_outputs_are_told_apart_by_name(client, pair):
    a, b = np.array([[1, 2]], np.float32), np.array([[10, 20]], np.float32)
    result = client.infer(pair.name, [tensor(b, name="data1"), tensor(a, name="data0")])
    assert result.as_numpy("output0").tolist() == [[11, 22]]
    assert result.as_numpy("output1").tolist() == [[-9, -18]]


def test_int64_beyond_two_to_the_53_is_exact_or_refused(client, net):
    large = np.full((1, IN), 2**60, np.int64)
    assert np.isfinite(client.infer(net.name, [tensor(large, datatype="INT64")]).as_numpy("output")).all()
    assert str(2**60 + 1) in refusal(client, net.name, tensor(large + 1, datatype="INT64"))[1]


@pytest.mark.anyio
async def test_a_thousand_requests_at_once_each_get_their_own_answer(grpc_address, net):
    given = [rows(1 + i % 3, seed=i) for i in range(AT_ONCE)]
    async with aio.InferenceServerClient(grpc_address) as client:
        assert await client.is_server_ready()
        answers = await asyncio.gather(*(client.infer(net.name, [tensor(array)]) for array in given))
    forward = net.twin()
    for array, answer in zip(given, answers):
        assert_close(answer.as_numpy("output"), forward(array))

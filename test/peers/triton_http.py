"""tritonclient.http, the synchronous client of Triton, which greenlets make concurrent."""

import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from networks import IN, OUT, Slow, assert_classes, assert_close, rows

ENCODINGS = [None, "gzip", "deflate"]
AT_ONCE = 1000


@pytest.fixture
def client(address):
    with InferenceServerClient(address, concurrency=AT_ONCE) as client:
        yield client


def tensor(array, name="data", datatype="FP32", binary=True):
    made = InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array, binary_data=binary)
    return made


def infer(client, net, array, **options):
    return client.infer(net.name, [tensor(array)], **options).as_numpy("output")


def refusal(client, name, *inputs, **options):
    """Status and message of the error that an inference ends with."""
    with pytest.raises(InferenceServerException) as caught:
        client.infer(name, list(inputs), **options)
    return caught.value.status(), caught.value.message()


def states(client, net):
    return {entry["version"]: entry["state"] for entry in client.get_model_repository_index() if entry["name"] == net.name}


def test_health_tells_what_is_ready(client, net):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(net.name)
    assert client.is_model_ready(net.name, "0")
    assert not client.is_model_ready(net.name, "1")
    assert not client.is_model_ready("nobody")


def test_the_extensions_are_those_that_this_file_tests(client):
    metadata = client.get_server_metadata()
    assert metadata["name"] == "blockserve"
    assert set(metadata["extensions"]) == {
        "binary_tensor_data", "classification", "model_configuration", "model_repository", "parameters", "schedule_policy", "statistics",
    }


def test_metadata_and_configuration_describe_the_network(client, net):
    net.checkpoint()
    for version in ["", "0", "1"]:
        metadata = client.get_model_metadata(net.name, version)
        assert (metadata["name"], metadata["versions"]) == (net.name, ["0", "1"])
        assert metadata["inputs"] == [{"name": "data", "datatype": "FP32", "shape": [-1, IN]}]
        assert metadata["outputs"] == [{"name": "output", "datatype": "FP32", "shape": [-1, OUT]}]
        config = client.get_model_config(net.name, version)
        assert config["max_batch_size"] > 1
        assert config["input"] == [{"name": "data", "data_type": "TYPE_FP32", "dims": [IN]}]
        assert config["output"] == [{"name": "output", "data_type": "TYPE_FP32", "dims": [OUT]}]


def test_statistics_count_rows_executions_and_failures(client, net):
    for count in [1, 2, 4]:
        infer(client, net, rows(count))
    refusal(client, net.name, tensor(rows(1), name="x"))
    [stats] = client.get_inference_statistics(net.name)["model_stats"]
    assert (stats["name"], stats["version"]) == (net.name, "0")
    assert (stats["inference_count"], stats["execution_count"]) == (7, 3)
    assert {kind: duration["count"] for kind, duration in stats["inference_stats"].items()} == {
        "success": 3, "fail": 1, "queue": 3, "compute_input": 3, "compute_infer": 3, "compute_output": 3, "cache_hit": 0, "cache_miss": 0,
    }
    assert sorted(batch["batch_size"] for batch in stats["batch_stats"]) == [1, 2, 4]
    assert net.name in [each["name"] for each in client.get_inference_statistics()["model_stats"]]


@pytest.mark.parametrize("accepted", ENCODINGS)
@pytest.mark.parametrize("sent", ENCODINGS)
@pytest.mark.parametrize("binary_out", [True, False])
@pytest.mark.parametrize("binary_in", [True, False])
def test_every_form_of_a_request_gives_numpys_numbers(client, net, binary_in, binary_out, sent, accepted):
    given = rows(3)
    result = client.infer(
        net.name, [tensor(given, binary=binary_in)], outputs=[InferRequestedOutput("output", binary_data=binary_out)], request_id="é 1",
        request_compression_algorithm=sent, response_compression_algorithm=accepted,
    )
    assert_close(result.as_numpy("output"), net.twin()(given))
    assert result.get_response()["id"] == "é 1"
    assert ("data" in result.get_output("output")) != binary_out


def test_without_named_outputs_all_are_answered_in_binary(client, net):
    given = rows(2)
    result = client.infer(net.name, [tensor(given)])
    assert result.get_output("output")["parameters"] == {"binary_data_size": 2 * OUT * 4}
    assert_close(result.as_numpy("output"), net.twin()(given))


@pytest.mark.parametrize("binary", [True, False])
def test_classification_gives_the_largest_of_each_row(client, net, binary):
    given = rows(4)
    wanted = InferRequestedOutput("output", binary_data=binary, class_count=2)
    classes = client.infer(net.name, [tensor(given)], outputs=[wanted]).as_numpy("output")
    texts = classes if binary else np.char.encode(classes.astype(str))
    assert_classes(texts, net.twin()(given), 2)


def test_parameters_of_ones_own_change_nothing(client, net):
    given = rows(1)
    own = {"text": "x", "number": 1, "fraction": 0.5, "flag": True}
    assert_close(infer(client, net, given, priority=3, timeout=30_000_000, parameters=own), net.twin()(given))


def test_a_request_that_takes_longer_than_its_timeout_is_an_error(client, slow):
    given = np.ones((4096, Slow.WIDTH), np.float32)
    status, message = refusal(client, slow.name, tensor(given), timeout=20_000)
    assert status == "504"
    assert "20 ms" in message
    assert infer(client, slow, given[:1]).tolist() == [[Slow.WIDTH] * Slow.WIDTH], "the next one is answered"


def test_versions_are_checkpoints_and_answer_with_their_own_values(client, net):
    given = rows(2)
    expected = {}
    for bias in [10, 20]:
        net.set_bias(bias)
        expected[net.checkpoint()] = net.twin()(given)
    net.set_bias(30)
    expected[""] = expected["0"] = net.twin()(given)
    assert set(expected) == {"1", "2", "", "0"}
    for version, numbers in expected.items():
        assert_close(infer(client, net, given, model_version=version), numbers)
    [stats] = client.get_inference_statistics(net.name, "2")["model_stats"]
    assert (stats["version"], stats["inference_count"]) == ("2", 2)


def test_the_repository_shows_loads_and_unloads_versions(client, net):
    given = rows(2)
    expected = net.twin()(given)
    net.checkpoint()
    assert states(client, net) == {"0": "READY", "1": "UNAVAILABLE"}
    client.load_model(net.name, config='{"version_policy": {"specific": {"versions": [1]}}}')
    assert states(client, net) == {"0": "READY", "1": "READY"}
    client.unload_model(net.name)
    assert states(client, net) == {"0": "UNAVAILABLE", "1": "UNAVAILABLE"}
    assert not client.is_model_ready(net.name)
    assert refusal(client, net.name, tensor(given))[0] == "400"
    client.load_model(net.name)
    assert client.is_model_ready(net.name)
    for version in ["", "1"]:
        assert_close(infer(client, net, given, model_version=version), expected)


def test_errors_are_the_clients_own_with_what_the_server_says(client, net):
    given = rows(1)
    wide = np.ones((1, IN + 1), np.float32)
    cases = [
        (refusal(client, "nobody", tensor(given)), "404", "nobody"),
        (refusal(client, net.name, tensor(given), model_version="7"), "404", "7"),
        (refusal(client, net.name, tensor(given, name="x")), "400", "'data'"),
        (refusal(client, net.name, tensor(wide)), "400", f"(batch, {IN})"),
        (refusal(client, net.name, tensor(np.array([b"a"], np.object_), datatype="BYTES")), "400", "BYTES"),
        (refusal(client, net.name, tensor(given), outputs=[InferRequestedOutput("scores")]), "400", "'output'"),
        (refusal(client, net.name, tensor(given), sequence_id=5), "400", "sequence"),
    ]
    for (status, message), expected, says in cases:
        assert status == expected
        assert says in message
    for ask in [client.get_model_metadata, client.get_model_config, client.load_model, client.unload_model]:
        with pytest.raises(InferenceServerException, match="nobody"):
            ask("nobody")
    assert_close(infer(client, net, given), net.twin()(given))


def test_other_datatypes_are_cast_exactly_or_refused(client, net):
    given = np.arange(IN).reshape(1, IN) - 3
    expected = net.twin()(given)
    kinds = {"INT8": np.int8, "INT16": np.int16, "INT32": np.int32, "INT64": np.int64, "FP16": np.float16, "FP64": np.float64}
    for datatype, dtype in kinds.items():
        [received] = [client.infer(net.name, [tensor(given.astype(dtype), datatype=datatype)]).as_numpy("output")]
        assert_close(received, expected)
    assert refusal(client, net.name, tensor(given + 0.1, datatype="FP64"))[0] == "400"


def test_int64_beyond_two_to_the_53_goes_in_binary_alone(client, net):
    large = np.full((1, IN), 2**60, np.int64)
    assert np.isfinite(client.infer(net.name, [tensor(large, datatype="INT64")]).as_numpy("output")).all()
    status, message = refusal(client, net.name, tensor(large, datatype="INT64", binary=False))
    assert (status, "binary" in message) == ("400", True)
    status, message = refusal(client, net.name, tensor(large + 1, datatype="INT64"))
    assert (status, str(2**60 + 1) in message) == ("400", True)


def test_several_inputs_and_outputs_are_told_apart_by_name(client, pair):
    a, b = np.array([[1, 2]], np.float32), np.array([[10, 20]], np.float32)
    assert [each["name"] for each in client.get_model_metadata(pair.name)["inputs"]] == ["data0", "data1"]
    inputs = [tensor(b, name="data1", binary=False), tensor(a, name="data0")]
    result = client.infer(pair.name, inputs)
    assert result.as_numpy("output0").tolist() == [[11, 22]]
    assert result.as_numpy("output1").tolist() == [[-9, -18]]
    second = client.infer(pair.name, inputs, outputs=[InferRequestedOutput("output1")])
    assert [each["name"] for each in second.get_response()["outputs"]] == ["output1"]


def test_the_states_of_a_recurrent_network_are_inputs_and_outputs(client, accumulator):
    metadata = client.get_model_metadata(accumulator.name)
    assert [each["name"] for each in metadata["inputs"]] == ["data0", "data1", "data2"]
    assert [each["name"] for each in metadata["outputs"]] == ["output0", "output1", "output2"]
    first, second = np.zeros((2, 1, 3), np.float32)
    for step in range(1, 4):
        x = np.full((1, 3), step, np.float32)
        inputs = [tensor(array, name=f"data{i}") for i, array in enumerate([x, first, second])]
        result = client.infer(accumulator.name, inputs)
        first, second = result.as_numpy("output1"), result.as_numpy("output2")
    assert (first.tolist(), second.tolist()) == ([[6] * 3], [[6] * 3])
    assert result.as_numpy("output0").tolist() == [[12] * 3]


def test_a_thousand_requests_at_once_each_get_their_own_answer(client, net):
    given = [rows(1 + i % 3, seed=i) for i in range(AT_ONCE)]
    asked = [client.async_infer(net.name, [tensor(array, binary=i % 2 == 0)]) for i, array in enumerate(given)]
    forward = net.twin()
    for array, answer in zip(given, asked):
        assert_close(answer.get_result().as_numpy("output"), forward(array))

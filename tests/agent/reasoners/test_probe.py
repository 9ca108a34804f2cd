"""What is wrong with an endpoint, in words that say what to do; through the real client, on loopback."""

from __future__ import annotations

import itertools
import socket
import time

import pytest
from fastapi.responses import JSONResponse

from agent.reasoners.llm import Endpoint
from agent.reasoners.llm.probe import SLOW, probe
from tests.fakes.model_server import ModelServer, Turn, cut_off, late, raw, says, status

READY = says({"ready": True})


def endpoint(server: ModelServer, key: str = "") -> Endpoint:
    return Endpoint(model="fake", base_url=server.base_url, api_key=key, sleep=lambda seconds: None)


def worded(code: int, message: str) -> Turn:
    """An error in the endpoint's own words."""

    return lambda asked: JSONResponse({"error": {"message": message}}, status_code=code)


def test_an_endpoint_that_answers_is_well_and_is_told_nothing_of_anybody(server: ModelServer) -> None:
    server.script(READY)
    found = probe(endpoint(server, key="sk-mine"), 5.0)
    assert (found.works, found.do) == (True, "")
    assert found.said.startswith(f"fake at {server.base_url} answers (")
    [asked] = server.journal
    assert asked.headers["authorization"] == "Bearer sk-mine"
    assert len(asked.words) < 150
    assert asked.body["max_completion_tokens"] <= 300


@pytest.mark.parametrize(
    ("turn", "key", "said", "do"),
    [
        (worded(401, "Incorrect API key provided"), "sk-old", "the key is refused", "MODEL_API_KEY"),
        (worded(401, "No key"), "", "a key is wanted, and none is set", "MODEL_API_KEY"),
        (worded(404, 'model "fake" not found'), "", 'there is no model fake at {base}, "model "fake"', "MODEL"),
        (worded(400, "fake is not a valid model ID"), "", "there is no model fake", "MODEL"),
        (raw("<html>hello</html>", "text/html"), "", "fake at {base}", "OpenAI-compatible endpoint?"),
        (says("I am ready!"), "", "not with the JSON that is asked for", "json_schema"),
        (says({"ready": True}, finish="length"), "", "not with the JSON that is asked for", "json_schema"),
        (worded(418, "teapot"), "", 'failed with status 418, "teapot"', "log of the server"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(server: ModelServer, turn: Turn, key: str, said: str, do: str) -> None:
    server.script(turn)
    found = probe(endpoint(server, key), 5.0)
    assert not found.works
    assert said.format(base=server.base_url) in found.said
    assert do in found.do
    assert "sk-" not in found.said + found.do


@pytest.mark.parametrize(("code", "said"), [(429, "is limiting our rate"), (503, "failed with status 503")])
def test_a_fault_that_stays_is_said(server: ModelServer, code: int, said: str) -> None:
    server.script(*[status(code)] * 3)
    assert said in probe(endpoint(server), 5.0).said


def test_a_path_that_is_none_is_told_from_a_model_that_is_none(server: ModelServer) -> None:
    wrong = Endpoint(model="fake", base_url=server.base_url.removesuffix("/v1"), sleep=lambda seconds: None)
    found = probe(wrong, 5.0)
    assert "is there, but it is no OpenAI-compatible endpoint" in found.said
    assert "/v1" in found.do


def test_nobody_there(server: ModelServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        found = probe(Endpoint(model="fake", base_url=address, sleep=lambda seconds: None), 5.0)
    assert not found.works
    assert found.said == f"nothing answers at {address} ([Errno 111] Connection refused)"
    assert "COUNTERSIGN_MODEL_BASE_URL" in found.do


def test_a_connection_that_breaks_is_no_answer(server: ModelServer) -> None:
    server.script(*[cut_off()] * 3)
    assert not probe(endpoint(server), 5.0).works


def test_an_answer_that_does_not_come_is_not_waited_for(server: ModelServer) -> None:
    server.script(late(1.0))
    started = time.monotonic()
    found = probe(endpoint(server), 0.3)
    assert time.monotonic() - started < 0.9
    assert "gave no answer to a tiny question within 0.3 s" in found.said


def test_a_slow_answer_works_and_is_warned_of(server: ModelServer) -> None:
    server.script(READY)
    ticks = itertools.count(0.0, 30 * SLOW)
    chat = Endpoint(model="fake", base_url=server.base_url, clock=lambda: next(ticks))
    found = probe(chat, 60.0)
    assert found.works
    assert "for a tiny question; a draft is given 60 s and takes longer" in found.said
    assert "COUNTERSIGN_MODEL_TIMEOUT_SECONDS" in found.do

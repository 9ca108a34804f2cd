"""Every way in which an endpoint can fail, through the real client, against a server on loopback."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest

from agent.reasoners.llm import Endpoint
from agent.reasoners.llm.chat import ModelFailed, ModelResting, ModelTurn, Question
from agent.reasoners.llm.waiting import wait_after
from tests.fakes.model_server import (
    ModelServer,
    Turn,
    calls,
    cut_off,
    dripping,
    late,
    raw,
    says,
    status,
)


@dataclass
class Sleeper:
    """Notes how long it was asked to sleep, and does not."""

    slept: list[float] = field(default_factory=list[float])

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def endpoint(server: ModelServer, sleep: Sleeper | None = None, key: str = "") -> Endpoint:
    return Endpoint(model="fake", base_url=server.base_url, api_key=key, sleep=sleep or Sleeper())


def ask(chat: Endpoint, seconds: float = 5.0) -> ModelTurn:
    messages = [{"role": "system", "content": "rules"}, {"role": "user", "content": "case"}]
    return chat.ask(Question(messages=messages, schema={"type": "object"}, seconds=seconds, tokens=300))  # pyright: ignore[reportArgumentType]


def test_an_answer_comes_with_its_cost(server: ModelServer) -> None:
    server.script(says({"a": 1}))
    turn = ask(endpoint(server, key="sk-mine"))
    assert (turn.text, turn.finish, turn.input_tokens, turn.output_tokens) == ('{"a": 1}', "stop", 900, 120)
    [asked] = server.journal
    assert asked.headers["authorization"] == "Bearer sk-mine"
    assert asked.body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert asked.body["max_completion_tokens"] == 300
    assert asked.body["stream"] is False


def test_a_key_of_the_environment_is_never_sent(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-somebody-elses")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.openai.com/v1")
    server.script(says("{}"))
    ask(endpoint(server))
    assert server.journal[0].headers["authorization"] == "Bearer none"


@pytest.mark.system("U12")
def test_a_rate_limit_is_waited_out_as_long_as_it_asks(server: ModelServer) -> None:
    sleep = Sleeper()
    server.script(status(429, {"Retry-After": "1"}), status(429, {"retry-after-ms": "250"}), says("{}"))
    assert ask(endpoint(server, sleep)).text == "{}"
    assert sleep.slept == [1.0, 0.25]
    assert [asked.headers["x-stainless-retry-count"] for asked in server.journal] == ["0", "0", "0"]


@pytest.mark.system("U12")
def test_a_rate_limit_really_waits(server: ModelServer) -> None:
    server.script(status(429, {"Retry-After": "0.3"}), says("{}"))
    ask(Endpoint(model="fake", base_url=server.base_url))
    assert server.journal[1].at - server.journal[0].at >= 0.3


@pytest.mark.system("U12")
def test_a_wait_longer_than_the_ticket_has_is_not_waited_and_holds_for_the_next_ticket(server: ModelServer) -> None:
    chat = endpoint(server, sleep := Sleeper())
    server.script(status(429, {"Retry-After": "120"}))
    with pytest.raises(ModelFailed, match=r"limiting our rate; a wait of 120 s is longer"):
        ask(chat)
    with pytest.raises(ModelResting, match=r"limiting our rate.*asked again in 1\d\d s"):
        ask(chat)
    assert sleep.slept == []
    assert len(server.journal) == 1


def test_an_endless_rate_limit_ends_after_three_tries(server: ModelServer) -> None:
    server.script(*[status(429, {"Retry-After": "1"})] * 3)
    with pytest.raises(ModelFailed, match="limiting our rate"):
        ask(endpoint(server))


def test_a_server_fault_is_tried_again(server: ModelServer) -> None:
    server.script(status(500), status(503), says("{}"))
    assert ask(endpoint(server)).text == "{}"


@pytest.mark.parametrize(("code", "hint"), [(401, "API_KEY"), (403, "API_KEY"), (404, "MODEL_BASE_URL"), (400, "400")])
def test_a_refusal_is_not_tried_again_and_says_what_to_check(server: ModelServer, code: int, hint: str) -> None:
    server.script(status(code))
    with pytest.raises(ModelFailed, match=hint):
        ask(endpoint(server))


@pytest.mark.parametrize(
    "body",
    [
        '{"choices": [{"mess',
        "<html>it works</html>",
        "null",
        "[]",
        "{}",
        '{"choices": null}',
        '{"choices": []}',
        '{"choices": "many"}',
        '{"choices": [null]}',
        '{"choices": [{}]}',
        '{"choices": [{"message": null}]}',
        '{"choices": [{"message": {"role": "assistant"}}]}',
        '{"choices": [{"message": {"role": "assistant", "content": 7}, "finish_reason": "stop"}]}',
        '{"choices": [{"message": {"role": "assistant", "tool_calls": [{}]}, "finish_reason": "tool_calls"}]}',
        '{"error": {"message": "overloaded"}}',
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
def test_a_malformed_body_is_a_failure_or_says_nothing(server: ModelServer, body: str, content_type: str) -> None:
    server.script(raw(body, content_type))
    try:
        turn = ask(endpoint(server))
    except ModelFailed:
        return
    assert (turn.text, turn.calls) == ("", ())


@pytest.mark.parametrize("turn", [late(1.5), dripping(3.0)], ids=["silent", "dripping"])
def test_an_answer_that_does_not_come_in_time_is_given_up(server: ModelServer, turn: Turn) -> None:
    server.script(turn)
    started = time.monotonic()
    with pytest.raises(ModelFailed, match="no answer in time"):
        ask(endpoint(server), seconds=0.4)
    assert time.monotonic() - started < 2.9


def test_a_connection_that_breaks_is_tried_again(server: ModelServer) -> None:
    server.script(cut_off(), says("{}"))
    assert ask(endpoint(server)).text == "{}"


def test_a_dead_server_is_left_alone_after_two_tickets() -> None:
    with ModelServer() as server:
        chat = endpoint(server)
    for _ in range(2):
        with pytest.raises(ModelFailed, match="cannot be reached"):
            ask(chat)
    with pytest.raises(ModelResting, match="asked again in"):
        ask(chat)


def test_a_server_that_comes_back_is_used_again(server: ModelServer) -> None:
    minutes = Sleeper()
    chat = Endpoint(model="fake", base_url=server.base_url, clock=lambda: 60.0 * len(minutes.slept), sleep=Sleeper())
    server.script(*[status(500)] * 6, says("{}"))
    for _ in range(2):
        with pytest.raises(ModelFailed, match="500"):
            ask(chat)
    with pytest.raises(ModelResting, match="asked again in 30 s"):
        ask(chat)
    minutes(60.0)
    assert ask(chat).text == "{}"
    assert chat.rest.failures == 0


@pytest.mark.parametrize(
    ("finish", "whole"), [("stop", True), ("length", False), (None, False), ("content_filter", False)]
)
def test_an_answer_that_was_cut_off_is_known(server: ModelServer, finish: str | None, whole: bool) -> None:
    server.script(says('{"reply": "Your par', finish=finish))
    assert ask(endpoint(server)).whole is whole


def test_tool_calls_without_ids_or_with_broken_arguments_are_told_apart(server: ModelServer) -> None:
    server.script(calls(("order", {"number": "#1"}), ("order", '{"number": '), ids=False))
    first, second = ask(endpoint(server)).calls
    assert (first.id, first.arguments) == ("call_0", {"number": "#1"})
    assert (second.id, second.arguments) == ("call_1", None)


def test_tokens_are_zero_where_the_endpoint_counts_none(server: ModelServer) -> None:
    server.script(says("{}", usage=None))
    assert ask(endpoint(server)).input_tokens == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Tue, 10 Mar 2026 12:00:20 GMT", "date": "Tue, 10 Mar 2026 12:00:00 GMT"}, 20.0),
        ({"retry-after": "Tue, 10 Mar 2026 11:00:00 GMT", "date": "Tue, 10 Mar 2026 12:00:00 GMT"}, 0.0),
        ({"retry-after": "Tue, 10 Mar 2026 12:00:20 GMT"}, 2.0),
        ({"retry-after": "soon"}, 2.0),
        ({"retry-after": "-3"}, 2.0),
        ({}, 2.0),
    ],
)
def test_what_an_endpoint_asks_to_wait(headers: dict[str, str], seconds: float) -> None:
    assert wait_after(headers, attempt=2) == seconds

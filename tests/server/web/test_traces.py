"""Spans of requests, runs and model calls; nothing of what people wrote is in them unless it was asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from agent.limits import Role
from agent.reasoners.llm.chat import ModelFailed, ModelTurn, Question
from server.jobs.kinds import WORK
from server.jobs.queue import Job
from server.observability.context import case_id
from server.observability.runs import watched
from server.observability.traces import Tracing, tracing_of
from server.settings import Settings, SettingsError
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person

SECRET = "mia.keller@example.com"


@dataclass
class Model:
    """A model that says one thing, or fails."""

    fails: bool = False
    model: str = "small-1"

    def ask(self, question: Question) -> ModelTurn:
        if self.fails:
            raise ModelFailed("no answer")
        return ModelTurn(text=f"Write to {SECRET}", finish="stop", input_tokens=120, output_tokens=30)


QUESTION = Question(messages=[{"role": "user", "content": f"I am {SECRET}"}], schema={}, seconds=5, tokens=400)


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def tracing(spans: InMemorySpanExporter, *, content: bool = False) -> Tracing:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return Tracing(provider=provider, content=content)


def named(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    (found,) = [span for span in spans.get_finished_spans() if span.name == name]
    return found


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


@pytest.mark.system("N10")
def test_a_request_is_a_span_under_the_callers_trace(web: Web, spans: InMemorySpanExporter) -> None:
    told = Web(web.shop, replace(web.service, tracing=tracing(spans)))
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01", "X-Request-ID": "request-0001"}
    told.client(person(Role.VIEWER)).get(f"/api/v1/cases?q={SECRET}", headers=headers)
    span = named(spans, "GET /api/v1/cases")
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == trace
    assert attributes(span) == {
        "http.request.method": "GET",
        "countersign.request_id": "request-0001",
        "http.route": "/api/v1/cases",
        "http.response.status_code": 200,
    }


@pytest.mark.system("N10")
def test_a_run_has_its_stages_and_the_calls_of_the_model_in_it(web: Web, spans: InMemorySpanExporter) -> None:
    order = web.shop.planted("on_its_way")
    letter = web.shop.letter("Where is it?", web.shop.owner(order))
    web.shop.told.tell(letter.id, about("order_status"))
    web.shop.parts.store.receive(letter)
    traced, seen = tracing(spans), list[str]()
    chat = traced.chat(Model())

    def carry_out(job: Job) -> None:
        seen.append(case_id.get())
        chat.ask(QUESTION)
        web.shop.runner.start(letter.id)

    job = Job(kind=WORK, case_id=f"local-{letter.id}", id="work-1")
    watched(carry_out, web.shop.database.cases.get, traced)(job)
    run, call, stage = named(spans, "case work"), named(spans, "chat small-1"), named(spans, "stage propose")
    assert seen == [job.case_id]
    assert attributes(run)["countersign.case_id"] == job.case_id
    assert attributes(run)["countersign.status"] == "awaiting_review"
    for inside in (call, stage):
        assert inside.parent is not None
        assert run.context is not None
        assert inside.parent.span_id == run.context.span_id
    assert attributes(call) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "small-1",
        "gen_ai.request.max_tokens": 400,
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 30,
        "gen_ai.response.finish_reasons": ("stop",),
    }
    names = [span.name for span in spans.get_finished_spans()]
    assert [name for name in names if name.startswith("stage ")][:4] == [
        "stage classify", "stage investigate", "stage propose", "stage check",
    ]  # fmt: skip


def test_words_are_in_a_span_only_when_asked_for_and_then_redacted(spans: InMemorySpanExporter) -> None:
    tracing(spans, content=True).chat(Model()).ask(QUESTION)
    found = attributes(named(spans, "chat small-1"))
    assert "I am [email]" in str(found["gen_ai.input.messages"])
    assert "Write to [email]" in str(found["gen_ai.output.messages"])
    assert SECRET not in str(found)


def test_a_model_that_fails_is_an_error_without_its_words(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ModelFailed):
        tracing(spans).chat(Model(fails=True)).ask(QUESTION)
    span = named(spans, "chat small-1")
    assert attributes(span)["error.type"] == "ModelFailed"
    assert not span.status.is_ok
    assert not span.events


def test_traces_go_where_the_settings_say_or_nowhere(spans: InMemorySpanExporter) -> None:
    assert tracing_of(Settings()) is None
    with pytest.raises(SettingsError, match="OTEL_ENDPOINT"):
        tracing_of(Settings(otel_endpoint="collector:4318"))
    made = tracing_of(Settings(otel_endpoint="http://127.0.0.1:4318", otel_content="yes"), spans)
    assert made is not None
    made.chat(Model()).ask(QUESTION)
    made.close()
    assert made.content
    assert named(spans, "chat small-1").resource.attributes["service.name"] == "countersign"

"""Traces by OpenTelemetry: a request, the run of a case with its stages, and each call of a model.

Names follow the semantic conventions for HTTP and for generative AI. What was asked and answered is left out, unless a
setting says otherwise; then it is redacted.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from agent.reasoners.llm.chat import Chat, ModelFailed, ModelTurn, Question
from agent.redaction import redact
from server.observability.context import about_case, request_id
from server.settings import PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    from agent.repositories import CaseRecord

_NANOSECONDS = 1_000_000
_NOT_A_STAGE = frozenset({"to_draft"})


@dataclass(frozen=True, kw_only=True)
class Tracing:
    """Makes spans. `content`: whether they may hold words."""

    provider: TracerProvider
    content: bool = False

    @property
    def tracer(self) -> Tracer:
        """What begins spans."""
        return self.provider.get_tracer("countersign")

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Generator[Span]:
        """The span of a request; the caller names the route once it is known."""
        before = TraceContextTextMapPropagator().extract(dict(headers))
        named = {"http.request.method": method, "countersign.request_id": request_id.get()}
        with self.tracer.start_as_current_span(method, before, SpanKind.SERVER, attributes=named) as span:
            yield span

    @contextmanager
    def run(self, kind: str, case_id: str) -> Generator[Span]:
        """The span of a run of a case."""
        attributes = {"countersign.run": kind, "countersign.case_id": case_id}
        with about_case(case_id), self.tracer.start_as_current_span(f"case {kind}", attributes=attributes) as span:
            yield span

    def describe(self, span: Span, before: CaseRecord | None, record: CaseRecord | None, started: int) -> None:
        """What came of a run, with a span for each stage that it went through; `started` in nanoseconds."""
        if record is None:
            return
        facts = {
            "countersign.status": record.status.value,
            "countersign.intent": record.intent,
            "gen_ai.usage.input_tokens": record.input_tokens,
            "gen_ai.usage.output_tokens": record.output_tokens,
        }
        span.set_attributes(facts)
        at = started
        for name, milliseconds in record.timings.items():
            if name in _NOT_A_STAGE or (before and before.timings.get(name) == milliseconds):
                continue
            # Stages follow each other: each begins where the one before ended.
            stage = self.tracer.start_span(f"stage {name}", start_time=at)
            at += int(milliseconds * _NANOSECONDS)
            stage.end(at)

    def chat(self, inner: Chat) -> Chat:
        """A model whose calls are spans."""
        return TracedChat(inner=inner, tracing=self)

    def close(self) -> None:
        """Send what is left, and stop."""
        self.provider.shutdown()


@dataclass(frozen=True, kw_only=True)
class TracedChat:
    """`agent.reasoners.llm.chat.Chat` whose every call is a span."""

    inner: Chat
    tracing: Tracing

    @property
    def model(self) -> str:
        """As in the port."""
        return self.inner.model

    def ask(self, question: Question) -> ModelTurn:
        """As in the port."""
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": self.model,
            "gen_ai.request.max_tokens": question.tokens,
        }
        with self.tracing.tracer.start_as_current_span(
            f"chat {self.model}", kind=SpanKind.CLIENT, attributes=attributes, record_exception=False
        ) as span:
            if self.tracing.content:
                span.set_attribute("gen_ai.input.messages", _redacted(question.messages))
            try:
                turn = self.inner.ask(question)
            except ModelFailed as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise
            self._answered(span, turn)
            return turn

    def _answered(self, span: Span, turn: ModelTurn) -> None:
        span.set_attribute("gen_ai.usage.input_tokens", turn.input_tokens)
        span.set_attribute("gen_ai.usage.output_tokens", turn.output_tokens)
        span.set_attribute("gen_ai.response.finish_reasons", [turn.finish])
        if self.tracing.content:
            span.set_attribute("gen_ai.output.messages", _redacted([{"role": "assistant", "content": turn.text}]))


def _redacted(messages: object) -> str:
    return redact(json.dumps(messages, ensure_ascii=False, default=str)).text


def tracing_of(settings: Settings, exporter: SpanExporter | None = None) -> Tracing | None:
    """Traces to where the settings say; None when they say nothing. Raises SettingsError for no address."""
    if not settings.otel_endpoint:
        return None
    address = settings.otel_endpoint.rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise SettingsError(f'{PREFIX}OTEL_ENDPOINT has to begin with http:// or https://, not "{address}"')
    if exporter is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(endpoint=f"{address}/v1/traces")
    provider = TracerProvider(resource=Resource.create({"service.name": "countersign"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(provider=provider, content=settings.otel_content == "yes")

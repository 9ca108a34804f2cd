"""Schemathesis over the whole OpenAPI document: nothing that is sent makes a fault, and every answer is documented."""

# The types of schemathesis are partial.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingTypeArgument=false

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agent.limits import Role
from server.app import create_app
from server.auth.principal import Principal
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person
from tests.server.web.test_cases import asked

Checks = list[Any]  # the library's own types are partial
CALLERS = {"admin": person(Role.ADMIN), "viewer": person(Role.VIEWER), "nobody": None}
ENDLESS = ("/api/v1/stream", "/api/v1/cases/{case_id}/stream")
"""Streams do not end by themselves, and have tests of their own."""
FEW = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
EXAMPLES = {"sqlite": 4, "postgres": 2}
CHECKS: Checks = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.mark.parametrize(("where", "caller"), [*(("sqlite", who) for who in CALLERS), ("postgres", "admin")])
def test_every_route_answers_as_it_is_documented(web: Web, where: str, caller: str) -> None:
    web.shop.told.known = defaultdict(lambda: about("other"))
    case_id = asked(web)
    record = web.shop.database.cases.get(case_id)
    assert record is not None
    real = {"case_id": case_id, "ticket_id": record.ticket_id, "request_id": record.approval_id, "source": "helpdesk"}
    who: Principal | None = CALLERS[caller]
    app = web.client(who).app
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.path in ENDLESS:
            continue
        tried += 1

        @settings(FEW, max_examples=EXAMPLES[where])
        @given(case=operation.as_strategy())
        def answers(case: Case) -> None:
            case.call_and_validate(checks=CHECKS)
            named: dict[str, Any] = {name: real[name] for name in case.path_parameters or {} if name in real}
            if named:  # the same with ids that exist
                case.path_parameters.update(named)
                case.call_and_validate(checks=CHECKS)

        answers()
    assert tried >= 30


def test_the_document_names_every_route_of_the_api(web: Web) -> None:
    document = create_app(web.service).openapi()
    assert not [
        path
        for path in document["paths"]
        if not path.startswith(("/api/v1/", "/webhooks/", "/health", "/ready", "/metrics"))
    ]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), f"{method} {path} says nothing"
            sent = json.dumps(operation.get("requestBody", {}))
            for name in re.findall(r"schemas/(\w+)", sent):
                assert "example" in json.dumps(document["components"]["schemas"][name]), f"{name} has no example"
            assert {"4", "5"} & {status[0] for status in operation["responses"]}, (
                f"{method} {path} documents no refusal"
            )

"""`/cases/{id}/here`: who else has a case open, so that two people do not answer the same one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse

from server.auth.principal import Principal
from server.db.lookers import Looker
from server.deps import Insider, Parts
from server.problems import unknown
from server.service import Service

router = APIRouter(prefix="/cases")
Doing = Annotated[str, Form(pattern="^(reading|writing|gone)$")]


@router.post("/{case_id}/here")
def here(case_id: str, service: Parts, who: Insider, doing: Doing) -> JSONResponse:
    """A page says every few seconds that it is open, and hears who else has the case."""
    if doing == "gone":
        service.database.lookers.gone(case_id, who.id)
        return JSONResponse({"says": ""})
    if service.database.cases.get(case_id) is None:
        raise unknown("case", case_id)
    looker = Looker(person=who.id, name=who.name, writing=doing == "writing")
    service.database.lookers.here(case_id, looker, service.clock.now())
    return JSONResponse({"says": others_here(service, case_id, who)})


def others_here(service: Service, case_id: str, who: Principal) -> str:
    """Who else has the case open, in a sentence; empty when nobody has."""
    return _said(service.database.lookers.others(case_id, who.id, service.clock.now()))


def _said(others: Sequence[Looker]) -> str:
    writing = _listed([each.name for each in others if each.writing], "is writing", "are writing")
    reading = _listed([each.name for each in others if not each.writing], "has", "have")
    said = (f"{writing} here now." if writing else "", f"{reading} this case open too." if reading else "")
    return " ".join(filter(None, said))


def _listed(names: Sequence[str], one: str, several: str) -> str:
    if not names:
        return ""
    first, last = ", ".join(names[:-1]), names[-1]
    return f"{first} and {last} {several}" if first else f"{last} {one}"

"""Who else has a case open is said in it, for as long as they have, and to nobody who may not read cases."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from agent.limits import Role
from agent.repositories import CaseRecord
from server.auth.principal import Principal
from server.db.lookers import STAYS
from tests.server.web.conftest import Web, person
from tests.server.web.test_console import HTML, status_case

NOOR, DANA, PRIYA = person(Role.AGENT), person(Role.LEAD), person(Role.ADMIN)


@pytest.fixture
def case(web: Web) -> CaseRecord:
    """A case that waits to be read."""
    return status_case(web, "Where is my parcel?")


def told(web: Web, who: Principal, case: CaseRecord, doing: str = "reading") -> str:
    answer = web.client(who).post(f"/cases/{case.case_id}/here", data={"doing": doing})
    assert answer.status_code == 200, answer.text
    said = answer.json()["says"]
    assert isinstance(said, str)
    return said


def shown(web: Web, who: Principal, case: CaseRecord) -> str:
    html = unescape(web.client(who).get(f"/cases/{case.case_id}", headers=HTML).text)
    found = re.search(r'id="here">([^<]*)<', html)
    assert found is not None
    return found[1]


def test_everybody_hears_of_the_others_and_nobody_of_themselves(web: Web, case: CaseRecord) -> None:
    assert told(web, NOOR, case) == ""
    assert told(web, NOOR, case) == "", "the same person again is still one"
    assert told(web, DANA, case) == "Noor has this case open too."
    assert told(web, NOOR, case, "writing") == "Dana has this case open too."
    assert told(web, PRIYA, case) == "Noor is writing here now. Dana has this case open too."
    assert shown(web, PRIYA, case) == "Noor is writing here now. Dana has this case open too."
    assert told(web, DANA, case, "writing") == "Noor is writing here now. Priya has this case open too."
    assert told(web, PRIYA, case) == "Dana and Noor are writing here now."


def test_who_leaves_or_is_not_heard_of_any_more_is_not_here(web: Web, case: CaseRecord) -> None:
    told(web, NOOR, case)
    assert told(web, NOOR, case, "gone") == ""
    assert shown(web, DANA, case) == ""
    told(web, NOOR, case, "writing")
    web.shop.clock.advance(STAYS)
    assert shown(web, DANA, case) == "Noor is writing here now."
    web.shop.clock.advance(timedelta(seconds=1))
    assert shown(web, DANA, case) == ""
    assert told(web, DANA, case) == ""


def test_another_case_is_another_place(web: Web, case: CaseRecord) -> None:
    other = status_case(web, "And where is the other one?")
    told(web, NOOR, case)
    assert told(web, DANA, other) == ""
    assert shown(web, DANA, case) == "Noor has this case open too."


def test_a_name_is_text_and_a_case_that_is_none_is_not_kept(web: Web, case: CaseRecord) -> None:
    told(web, person(Role.AGENT, "<img src=x>"), case)
    html = web.client(DANA).get(f"/cases/{case.case_id}", headers=HTML).text
    assert "&lt;Img Src=X&gt; has this case open too." in html
    client = web.client(DANA)
    assert client.post("/cases/nothing/here", data={"doing": "reading"}).status_code == 404
    assert client.post(f"/cases/{case.case_id}/here", data={"doing": "dancing"}).status_code == 422
    assert web.client(None).post(f"/cases/{case.case_id}/here", data={"doing": "reading"}).status_code == 401

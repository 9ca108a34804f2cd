"""The page opens from a disk, and nothing that came from a ticket can run in it or leave its place."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from evals.log import LogError
from evals.report import page_of, write_report
from evals.report.markdown import fenced, markdown_of, plain
from evals.sample import Split
from tests.evals.report.logs import log_of, made

HOSTILE = (
    "</script></style></title><script>document.title='PWNED'</script><img src=x onerror=\"document.title='PWNED'\">"
    "' onfocus='document.title=\"PWNED\"' autofocus=\" javascript:alert(1) {{ 7*7 }} {% raw %} --> ]]> \u202egnp.exe "
    "<svg/onload=document.title='PWNED'> ```\n# not a heading\n| a | [x](javascript:alert(1)) <b>bold</b> `"
)


def parsed(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def tags(soup: BeautifulSoup) -> list[Tag]:
    return list(soup.find_all(True))


def test_hostile_text_stays_text() -> None:
    clean, hostile = parsed(page_of(made())), parsed(page_of(made(HOSTILE)))
    assert {tag.name for tag in tags(hostile)} == {tag.name for tag in tags(clean)}
    assert len(hostile.find_all("script")) == len(hostile.find_all("style")) == 1
    for tag in tags(hostile):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("style", "srcdoc", "autofocus")]
        assert tag.name not in ("img", "iframe", "object", "embed", "link", "base")
    assert {str(tag["href"])[0] for tag in tags(hostile) if "href" in tag.attrs} == {"#"}
    shown = hostile.get_text()
    assert "<script>document.title='PWNED'</script>" in shown
    assert "{{ 7*7 }}" in shown


def test_the_page_lets_only_its_own_script_run_and_asks_for_nothing() -> None:
    soup = parsed(page_of(made(HOSTILE)))
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert isinstance(policy, Tag)
    said = str(policy["content"])
    assert said.startswith("default-src 'none'; base-uri 'none'; form-action 'none'")
    assert "unsafe" not in said
    for name in ("script", "style"):
        tag = soup.find(name)
        assert isinstance(tag, Tag)
        digest = hashlib.sha256(tag.string.encode() if tag.string else b"").digest()
        assert f"{name}-src 'sha256-{base64.b64encode(digest).decode()}'" in said
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", str(soup))
    assert not re.search(r"@import|url\(", str(soup.find("style")))


def test_held_out_tickets_are_in_the_figures_and_shown_only_when_asked_for(tmp_path: Path) -> None:
    everything = made()
    held = [
        result.model_copy(update={"sample": result.sample.model_copy(update={"split": Split.HELD_OUT})})
        for result in everything.results
    ]
    log = everything.model_copy(update={"results": tuple(held)})
    kept_back = [path.read_text(encoding="utf-8") for path in write_report(log, tmp_path)]
    shown = [path.read_text(encoding="utf-8") for path in write_report(log, tmp_path, "all", held_out=True)]
    for text in kept_back:
        assert not [result.sample.id for result in held if result.sample.id in text]
        assert "held-out tickets" in text
    assert all(result.sample.id in shown[1] for result in held)
    tiles = [[tile.get_text() for tile in parsed(page).select(".tile b")] for page in (kept_back[1], shown[1])]
    assert tiles[0] == tiles[1]


def test_the_abstention_curve_is_there() -> None:
    section = parsed(page_of(made())).find(id="abstention")
    assert isinstance(section, Tag)
    assert section.find("svg") is not None
    assert "% sure" in section.get_text()
    assert "| left to a person below | answered | right of those | n |" in markdown_of(made())


def test_filters_and_marks() -> None:
    soup = parsed(page_of(made()))
    choices = {
        str(field["name"]): [option.get_text() for option in field.find_all("option")]
        for field in soup.find_all("select")
    }
    assert choices["outcome"] == ["all", "failed", "error", "unscored", "passed"]
    assert choices["scorer"] == ["all", "grounding", "grounding_proposed", "tone", "triage"]
    assert choices["kind"] == ["all", "adversarial", "control", "multilingual"]
    assert choices["split"] == ["all", "held_out", "tune"]
    first = soup.find(id="c1")
    assert isinstance(first, Tag)
    assert first["data-scorer"] == "triage grounding tone grounding_proposed"
    link = first.find("a", class_="sourced")
    assert isinstance(link, Tag)
    assert (link.get_text(), link["href"], link["title"]) == ("39.00 USD", "#c1-s1", "amount: order:o1")
    assert isinstance(soup.find(id="c1-s1"), Tag)
    problem = first.find("mark", class_="problem")
    assert isinstance(problem, Tag)
    assert (problem.get_text(), problem["title"]) == ("Friday", "date: no source · against claim.unsourced")


def test_ids_are_unique_and_every_link_leads_somewhere() -> None:
    soup = parsed(page_of(made(HOSTILE)))
    ids = [str(tag["id"]) for tag in tags(soup) if "id" in tag.attrs]
    assert len(ids) == len(set(ids))
    assert {str(tag["href"])[1:] for tag in tags(soup) if "href" in tag.attrs} <= set(ids)


def test_in_a_large_run_those_that_passed_are_short() -> None:
    long, short = page_of(made()), page_of(made(), full_up_to=1)
    assert "adversarial" in short
    shown = parsed(short)
    assert "What changed in the world" in str(shown.find(id="c1"))
    assert "What changed in the world" not in str(shown.find(id="c4"))
    assert "What changed in the world" in str(parsed(long).find(id="c4"))


def test_a_log_without_results_says_what_to_do() -> None:
    assert "The log holds no result. Run" in page_of(log_of())


def test_both_files_are_written(tmp_path: Path) -> None:
    markdown, page = write_report(made("Größe 🙂"), tmp_path / "new", "night")
    assert (markdown.name, page.name) == ("night.md", "night.html")
    assert "Größe 🙂" in page.read_text(encoding="utf-8")
    assert "Größe 🙂" in markdown.read_text(encoding="utf-8")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["night.html", "night.md"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(LogError, match="taken: the report cannot be written"):
        write_report(made(), tmp_path / "taken")


def test_markdown_keeps_foreign_text_in_fences(tmp_path: Path) -> None:
    text = write_report(made(HOSTILE), tmp_path)[0].read_text(encoding="utf-8")
    outside = "\n".join(re.split(r"^(`{3,}).*?^\1$", text, flags=re.M | re.S)[::2])
    assert not re.search(r"<(?:script|img|svg|b)\b", outside)
    assert not re.search(r"(?<!\\)\]\(javascript", outside)
    assert not re.search(r"^# not a heading", outside, re.M)
    assert "## Failures (2)" in text
    assert "amount" in text
    assert "| triage v1 | 2 | 50.0% |" in text
    assert "claim.unsourced" in text


def test_fences_and_plain_words() -> None:
    assert next(iter(fenced("a ```` b"))) == "`````text"
    assert plain("a|b\n<i> *x* [y](z) #1") == r"a\|b &lt;i&gt; \*x\* \[y\](z) \#1"


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
def test_in_a_browser_our_script_runs_and_theirs_does_not(tmp_path: Path) -> None:
    """Headless Chromium opens the file from the disk, runs the page, and gives the document as it then is."""
    page = write_report(made(HOSTILE), tmp_path, held_out=True)[1]
    done = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *("--disable-component-update", "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--virtual-time-budget=2000", "--dump-dom", f"{page.as_uri()}#outcome=failed"),
        ],
        capture_output=True,
        timeout=90,
        check=True,
    )
    soup = parsed(done.stdout.decode())
    assert soup.title is not None
    assert soup.title.get_text() == "made · evaluation"
    count = soup.find(id="count")
    assert isinstance(count, Tag)
    assert count.get_text() == "1 of 4"
    assert [card["id"] for card in soup.find_all(class_="card") if "hidden" not in card.attrs] == ["c1"]


def test_a_run_under_other_limits_says_by_which_the_labels_are(tmp_path: Path) -> None:
    log = made()
    versions = log.header.versions.model_copy(update={"solver": {"limits": "another"}})
    own = log.model_copy(update={"header": log.header.model_copy(update={"versions": versions})})
    for path in write_report(own, tmp_path / "own"):
        assert "Labels say who signs by the shipped limits.yaml" in path.read_text(encoding="utf-8")
    for path in write_report(log, tmp_path / "shipped"):
        assert "Labels say who signs" not in path.read_text(encoding="utf-8")

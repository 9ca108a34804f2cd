"""`countersign process` with a helpdesk's CSV export: tickets as from JSON lines, and every fault with its line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.intake import IntakeError
from agent.receiving import ticket_of_line
from server.cli.columns import holds_table, read_table
from server.cli.folder import DATABASE
from tests.server.cli.conftest import Command, lines_of
from tools.helpdesk import Channel, Ticket
from tools.store.local import LocalStore

EXPORT = (
    "\ufeff Ticket ID ;Subject;Description;Customer Name;E-Mail;Created at;Channel;Sender_Verified;Status;Tags\r\n"
    'c-1;Lamp;"Hello,\r\n\r\nthe lamp; it is ""broken"".";Ada Byron;ada@postbox.example;2026-11-16T10:00:00+01:00;'
    "Email;YES;new;\r\n"
    "c-2;;Do you ship to Canada?;;;;;;open;vip\r\n"
)


def saved(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def filled(folder: Path, content: str) -> list[dict[str, object]]:
    columns, rows = read_table(saved(folder / "in.csv", content))
    return [columns.fields(cells) for _, cells in rows]


def ticket(brand: Path, identifier: str) -> Ticket:
    with LocalStore.open(f"sqlite:///{brand / DATABASE}") as store:
        found = store.readers().helpdesk.ticket(identifier)
    assert found is not None
    return found


def test_an_export_is_worked_on_and_what_was_not_read_is_said_once(
    countersign: Command, brand: Path, work: Path
) -> None:
    source = saved(work / "in.csv", EXPORT)
    done = countersign("process", "--in", source, "--out", "r.jsonl")
    assert done.code == 0
    assert [result["id"] for result in lines_of(work / "r.jsonl")] == ["c-1", "c-2"]
    assert done.err.splitlines() == [
        f"{source}: read `Ticket ID` as id, `Description` as text, `Customer Name` as name, `E-Mail` as from, "
        "`Created at` as at; columns that were not read: `Status`, `Tags`"
    ]
    lamp = ticket(brand, "c-1")
    assert (lamp.subject, lamp.channel) == ("Lamp", Channel.EMAIL)
    message = lamp.latest
    assert (message.sender, message.sender_name, message.sender_verified) == ("ada@postbox.example", "Ada Byron", True)
    assert message.at == datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert 'the lamp; it is "broken".' in message.text
    other = ticket(brand, "c-2")
    assert (other.subject, other.latest.sender, other.latest.sender_verified) == ("", "", None)


def test_with_json_the_columns_that_were_not_read_are_a_notice(countersign: Command, brand: Path, work: Path) -> None:
    source = saved(work / "in.csv", "id,text,status\nc-1,Thanks,new\n")
    done = countersign("process", "--in", source, "--out", "r.jsonl", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json["notices"] == [f"{source}: columns that were not read: `status`"]


def test_columns_of_the_plain_ticket_alone_leave_nothing_to_say(countersign: Command, brand: Path, work: Path) -> None:
    done = countersign("process", "--in", saved(work / "in.csv", " ID,Text ,\nc-1,Thanks,\n"), "--out", "r.jsonl")
    assert (done.code, done.err) == (0, "")


def test_a_row_is_the_same_case_as_its_json_line(countersign: Command, brand: Path, work: Path) -> None:
    line = {"id": "c-1", "text": "Thanks, all good.", "from": "ada@postbox.example", "sender_verified": False}
    saved(work / "in.jsonl", json.dumps(line))
    saved(work / "in.csv", 'id,text,from,sender_verified\nc-1,"Thanks, all good.",ada@postbox.example,no\n')
    for name in ("in.jsonl", "in.csv"):
        assert countersign("process", "--in", name, "--out", f"{name}.out").code == 0
    assert lines_of(work / "in.csv.out") == lines_of(work / "in.jsonl.out")
    assert ticket(brand, "c-1").latest.sender_verified is False


def test_bad_rows_are_named_with_their_line_and_the_rest_is_worked_on(
    countersign: Command, brand: Path, work: Path
) -> None:
    rows = (
        "id,text,at,channel,sender_verified",
        'c-1,"Thanks,\n\nall good.",,,',
        ",,,,",
        "c-2,,,,",
        ",hello,,,",
        "c-1,again,,,",
        "c-3,well, it never came,,,",
        "c-4,a line that breaks",
        "c-5,hello,2026-11-16 10:00,,",
        "c-6,hello,16.11.2026,,",
        "c-7,hello,,fax,",
        "c-8,hello,,,perhaps",
        f"c-9,{'x' * 200_000},,,",
        "c-z,Thank you,,,1",
    )
    source = saved(work / "in.csv", "\n".join(rows))
    done = countersign("process", "--in", source, "--out", "r.jsonl")
    assert done.code == 1
    assert [result["id"] for result in lines_of(work / "r.jsonl")] == ["c-1", "c-z"]
    said = {int(line.removeprefix(f"{source}:").split(":")[0]): line for line in done.err.splitlines()}
    assert sorted(said) == [6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    assert "text: is missing" in said[6]
    assert "id: is missing" in said[7]
    assert 'the id "c-1" is on line 2 already' in said[8]
    assert "the row has 6 cells and the header names 5" in said[9]
    assert "the row has 2 cells and the header names 5" in said[10]
    assert "at: has no time zone; write it like 2026-03-10T12:00:00Z" in said[11]
    assert "at: is not a moment" in said[12]
    assert "channel: " in said[13]
    assert "sender_verified: says neither yes nor no" in said[14]
    assert "100000 characters" in said[15]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "in.csv is empty; it needs a line that names the columns"),
        (b"\xef\xbb\xbf\n , \n", "in.csv is empty"),
        ("id,text\n\n", "in.csv has only a header; add a row"),
        ("number,text\n1,hi\n", "in.csv:1: no column is called `id` or `ticket id`"),
        ("id,note\n1,hi\n", "no column is called `text` or `message` or"),
        ("1,where is it?\n2,thanks\n", "the first line has to name the columns: `1`, `where is it?`"),
        ("\nid,Body,Message\n1,a,b\n", "in.csv:2: `Body` and `Message` are both read as text; delete one"),
        ("id,text,ID\n1,a,b\n", "`id` and `ID` are both read as id"),
        ("id,text\nc-1,hi\nc-2,Grüße\n".encode("latin-1"), "in.csv:3: not UTF-8; save the file as CSV UTF-8"),
        ("id,text\nc-1,hi\n".encode("utf-16"), "in.csv:1: not UTF-8"),
        (b"id,text\nc-1,hi\nc-2,a\0b\n", "in.csv:3: not a text file"),
        ('id,text\nc-1,hi\nc-2,"ho\nc-3,hu\n', "in.csv:3: this is not a CSV row"),
        ('[{"id": "c-1", "text": "hi"}]', "one JSON array"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_in_one_line_and_nothing_is_done(
    countersign: Command, brand: Path, work: Path, content: str | bytes, said: str
) -> None:
    saved(work / "in.csv", content)
    refused = countersign("process", "--in", "in.csv", "--out", "r.jsonl")
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert len(refused.err.splitlines()) == 1
    assert not (work / "r.jsonl").exists()


def test_stopped_halfway_the_same_command_does_the_rest(countersign: Command, brand: Path, work: Path) -> None:
    source = saved(work / "in.csv", "id,text\nc-1,Thanks\nc-2,Do you ship to Canada?\nc-3,Where is it?\n")
    assert countersign("process", "--in", source, "--out", "r.jsonl", "--json").json["done"] == 3
    whole = (work / "r.jsonl").read_bytes()
    (work / "r.jsonl").write_bytes(whole[: whole.index(b"\n") + 20])
    rest = countersign("process", "--in", source, "--out", "r.jsonl", "--json")
    assert (rest.code, rest.json["done"], rest.json["already_done"]) == (0, 2, 1)
    assert (work / "r.jsonl").read_bytes() == whole


@pytest.mark.parametrize(
    ("name", "content", "is_table"),
    [
        ("in.csv", b"", True),
        ("in.TSV", b"whatever", True),
        ("in.txt", b"Ticket ID;Message\n1;hi\n", True),
        ("in.txt", "id\ttext\n1\thi\n".encode("utf-16"), True),
        ("in.txt", "größe;id;text\n".encode("latin-1"), True),
        ("in.jsonl", b"id,text\n1,hi\n", True),
        ("in.txt", b"id,note\n1,hi\n", False),
        ("in.csv", b'{"id": "1", "text": "hi"}\n', False),
        ("in.eml", b"From: ada@postbox.example\nSubject: id, text\n\nhi", False),
        ("in.mbox", b"From x Mon Nov 16 10:00:00 2026\nSubject: x\n\nhi", False),
    ],
)
def test_csv_is_told_by_its_name_or_by_its_header(tmp_path: Path, name: str, content: bytes, is_table: bool) -> None:
    assert holds_table(saved(tmp_path / name, content)) is is_table


def test_a_list_that_is_neither_is_told_what_a_list_is(countersign: Command, brand: Path, work: Path) -> None:
    for name, hint in (("in.txt", True), ("in.eml", False)):
        saved(work / name, "ticket,note\n1,hi\n")
        refused = countersign("process", "--in", name, "--out", "r.jsonl")
        assert (refused.code, "save it as CSV with the columns id and text" in refused.err) == (2, hint)


@pytest.mark.parametrize(
    ("cell", "value"), [("TRUE", True), ("yes", True), ("1", True), ("False", False), ("No", False), ("0", False)]
)
def test_a_proof_is_said_in_several_words(tmp_path: Path, cell: str, value: bool) -> None:
    assert filled(tmp_path, f"id,text,sender_verified\n1,hi,{cell}\n")[0]["sender_verified"] is value


def test_cells_that_are_blank_are_left_out(tmp_path: Path) -> None:
    content = "id,text,from,name,subject,at,channel,sender_verified,,\n 1 , hi ,, ,,,CHAT,,,\n"
    assert filled(tmp_path, content) == [{"id": "1", "text": "hi", "channel": "chat"}]


@pytest.mark.parametrize("row", ["1,well, that", "1,well, that,", "1,well", "1,well,,,"])
def test_a_row_that_may_have_been_cut_at_a_comma_is_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(IntakeError, match="quotation marks"):
        filled(tmp_path, f"id,text,\n{row}\n")


@pytest.mark.parametrize("name", ["Verified", "Requester", "Contact", "Number", "Title"])
def test_a_column_that_could_mean_two_things_is_not_read(tmp_path: Path, name: str) -> None:
    source = saved(tmp_path / "in.csv", f"id,text,{name}\n1,hi,yes\n")
    columns, rows = read_table(source)
    assert [columns.fields(cells) for _, cells in rows] == [{"id": "1", "text": "hi"}]
    assert columns.remark() == f"columns that were not read: `{name}`"


def test_a_column_without_a_name_is_not_spoken_of(tmp_path: Path) -> None:
    columns, _ = read_table(saved(tmp_path / "in.csv", ",id,status,text\n0,1,new,hi\n"))
    assert columns.remark() == "columns that were not read: `status`"


def test_many_and_long_names_are_said_in_short(tmp_path: Path) -> None:
    names = ",".join(f"field {number} {'x' * 100}" for number in range(300))
    columns, _ = read_table(saved(tmp_path / "in.csv", f"id,text,{names}\n1,hi{',' * 300}\n"))
    assert columns.remark().endswith("…` and 260 more")
    assert len(columns.remark()) < 3_000


@pytest.mark.parametrize("written", ["2026-11-21 09:00:00 +0100", "2026-11-21 08:00:00 UTC", "2026-11-21T08:00:00Z"])
def test_a_moment_is_read_as_shop_platforms_write_it(tmp_path: Path, written: str) -> None:
    [fields] = filled(tmp_path, f"id,text,Created at\nc-9,hello,{written}\n")
    made = ticket_of_line(fields, datetime(2026, 11, 22, tzinfo=UTC))
    assert made.latest.at == datetime(2026, 11, 21, 8, tzinfo=UTC)

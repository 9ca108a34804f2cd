"""A brand's own tickets: what loads, and how every slip is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.limits import Role
from agent.limits.vocabulary import INTENTS
from evals.importing import import_samples, write_samples
from evals.sample import DatasetError, Resolution, Split, load_samples
from tools.helpdesk import Channel


def csv_file(folder: Path, *lines: str) -> Path:
    path = folder / "own.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_csv_row_becomes_a_sample(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "id,text,intent,resolution,asked,facts,cites,forbidden,channel,sender,sender_verified,split",
        'a-1,"Where is it, please?",order_status,reply_only,nobody,#1042|1042; DHL,shipping#tracking,'
        "refund_order;cancel_order,chat,mia@inbox.example,yes,held_out",
    )
    (sample,) = import_samples(path).samples
    assert sample.id == "a-1"
    assert sample.dataset == "own"
    assert sample.split is Split.HELD_OUT
    assert sample.text == "Where is it, please?"
    assert sample.ticket.channel is Channel.CHAT
    assert sample.ticket.latest.sender_verified is True
    assert sample.expected.resolution is Resolution.REPLY_ONLY
    assert sample.expected.asked == ""
    assert sample.expected.facts == (("#1042", "1042"), ("DHL",))
    assert sample.expected.forbidden == ("refund_order", "cancel_order")


@pytest.mark.parametrize("between", [";", "\t"])
def test_the_csv_of_a_spreadsheet_elsewhere_is_read(tmp_path: Path, between: str) -> None:
    path = csv_file(tmp_path, f"text{between}intent{between}facts", f'"a, b; c"{between}thanks{between}"one;two|2"')
    found = import_samples(path)
    assert found.problems == ()
    assert found.samples[0].text == "a, b; c"
    assert found.samples[0].expected.facts == (("one",), ("two", "2"))


def test_a_very_long_mail_takes_nothing_behind_it_away(tmp_path: Path) -> None:
    found = import_samples(csv_file(tmp_path, "text,intent", f"{'word ' * 50_000},thanks", "short,thanks"))
    assert found.problems == ()
    assert [len(sample.text) > 200_000 for sample in found.samples] == [True, False]


def test_of_a_misspelt_label_the_nearest_are_named(tmp_path: Path) -> None:
    found = import_samples(csv_file(tmp_path, "text,intent,forbidden", "a,order_statuss,", "b,,refund_ordr"))
    said = [str(problem) for problem in found.problems]
    assert said[0].startswith("own.csv, line 2, column `intent`: no intent is called order_statuss; use order_status")
    assert "no action is called refund_ordr; use refund_order" in said[1]


def test_an_empty_cell_labels_nothing(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "text,intent,asked,resolution", "hello,thanks,,")
    (sample,) = import_samples(path).samples
    assert sample.expected.asked is None
    assert sample.expected.labelled == {"intent"}


def test_every_slip_is_named_and_the_rest_loads(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "id,text,intent,resolution,asked",
        "a,first,thanks,,",
        'b,"two',
        'lines",thanks,,',
        "c,,thanks,,",
        "d,fourth,gratitude,,",
        "a,fifth,thanks,,",
        "e,sixth,,,",
        "f,seventh,thanks,perhaps,",
        "g,eighth,thanks,,king",
        "h,ninth,thanks",
        "i,last,thanks,,lead",
    )
    found = import_samples(path)
    assert [sample.id for sample in found.samples] == ["a", "b", "i"]
    assert found.samples[-1].expected.asked is Role.LEAD
    said = [str(problem) for problem in found.problems]
    assert said == [
        "own.csv, line 5, column `text`: is empty; a ticket needs what the customer wrote",
        f"own.csv, line 6, column `intent`: no intent is called gratitude; use {', '.join(sorted(INTENTS))}",
        "own.csv, line 7, column `id`: `a` stands in line 2 already; give it another",
        "own.csv, line 8: has no label: label at least one thing, or the sample can never fail",
        "own.csv, line 9, column `resolution`: Input should be 'reply_only', 'sign', 'escalate' or 'ignore'",
        "own.csv, line 10, column `asked`: Input should be 'viewer', 'agent', 'lead' or 'admin'",
        "own.csv, line 11: 3 cells, and the header has 5; quote texts that hold commas",
    ]


def test_an_export_of_a_helpdesk_is_read_under_its_own_column_names(tmp_path: Path) -> None:
    row = ('"7";"Where is it?";order_status;mia@x.example', "Ticket ID;Description;Intent;Requester Email")
    (sample,) = import_samples(csv_file(tmp_path, row[1], row[0])).samples
    message = sample.ticket.messages[0]
    assert (sample.id, message.text, message.sender) == ("7", "Where is it?", "mia@x.example")


def test_a_quote_that_never_ends_is_named_where_it_begins(tmp_path: Path) -> None:
    found = import_samples(csv_file(tmp_path, "text,intent", "hi,thanks", '"never ends,thanks'))
    assert len(found.samples) == 1
    assert [problem.line for problem in found.problems] == [3]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "there is no column `text`; the first line names none"),
        (b"Intent\nthanks\n", "there is no column `text`; the first line names intent, and may name text, id"),
        (b"text,intnt\nhi,thanks\n", "column `intnt`: means nothing here"),
        (b"text,text\nhi,ho\n", "column `text`: is there twice"),
        (b"text,intent\nM\xfcller,thanks\n", "not UTF-8 (byte 14)"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError) as refused:
        import_samples(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_another_kind_of_file_and_none_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"give a \.csv or a \.jsonl file"):
        import_samples(tmp_path / "own.xlsx")
    with pytest.raises(DatasetError, match="cannot be read"):
        import_samples(tmp_path / "own.csv")


def test_jsonl_holds_rows_or_whole_samples(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    lines = [
        '{"text": "hi", "intent": "thanks", "secondary": ["account"]}',
        '{"id": "whole", "ticket": {"messages": [{"text": "bye"}]}, "expected": {"intent": "thanks", "effects": []}}',
        "[1]",
        '{"text": "x", "intent"',
        '{"text": "x", "intnt": "thanks"}',
        '{"text": 5, "intent": "thanks"}',
        '{"ticket": {"messages": []}, "expected": {"intent": "thanks"}}',
        '{"text": "x", "intent": "thanks", "sender_verified": "perhaps"}',
        '{"text": "line\u2028separator", "intent": "thanks"}',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = import_samples(path)
    assert [sample.id for sample in found.samples] == ["own-1", "whole", "own-9"]
    assert found.samples[0].expected.secondary == ("account",)
    assert found.samples[1].expected.effects == ()
    places = [(problem.line, problem.column) for problem in found.problems]
    assert places == [(3, ""), (4, ""), (5, "intnt"), (6, "text"), (7, "ticket.messages"), (8, "sender_verified")]


def test_what_was_imported_can_be_written_and_loads_again(tmp_path: Path) -> None:
    found = import_samples(csv_file(tmp_path, "text,intent,facts", "hi,thanks,a|b"))
    path = tmp_path / "own_set.jsonl"
    write_samples(found.samples, path)
    (again,) = load_samples(path)
    assert again.model_copy(update={"dataset": "own"}) == found.samples[0]


def test_exported_mails_are_read_as_the_product_reads_them(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "id,text,intent,channel,sender,quoted",
        '1,"Nothing came.\n\n> On 3 Nov 2025 Support wrote:\n> We refunded you",not_received,,Ann <a@x.example>,',
        '2,"<p>Please <b>refund</b> me</p>",refund_request,email,,',
        '3,"hi\n> quoted",thanks,chat,,',
        '4,"hi\n> kept",thanks,email,,told apart',
    )
    first, second, third, fourth = (each.ticket.latest for each in import_samples(path).samples)
    assert (first.text, first.sender, first.sender_name) == ("Nothing came.", "a@x.example", "Ann")
    assert "We refunded you" in first.quoted
    assert second.text == "Please refund me"
    assert (third.text, third.quoted) == ("hi\n> quoted", "")
    assert (fourth.text, fourth.quoted) == ("hi\n> kept", "told apart")


def test_a_number_is_an_id(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"id": 17, "text": "where is it?", "intent": "order_status"}\n', encoding="utf-8")
    assert [each.id for each in import_samples(path).samples] == ["17"]


def test_columns_are_read_in_any_case_and_as_our_other_files_call_them(tmp_path: Path) -> None:
    (sample,) = import_samples(csv_file(tmp_path, " Text ,LABEL,From", "hi,thanks,mia@inbox.example")).samples
    assert (sample.text, sample.expected.intent) == ("hi", "thanks")
    assert sample.ticket.latest.sender == "mia@inbox.example"
    lines = tmp_path / "own.jsonl"
    lines.write_text('{"text":"hi","label":"thanks"}\n{"text":"ho","label":"thanks","intent":"other"}\n')
    found = import_samples(lines)
    assert [each.expected.intent for each in found.samples] == ["thanks"]
    assert "two of its names mean the same column" in str(found.problems[0])
    with pytest.raises(DatasetError, match="column `intent`: is there twice"):
        import_samples(csv_file(tmp_path, "text,label,intent", "hi,thanks,thanks"))


def test_columns_of_an_export_that_mean_nothing_here_are_named_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "zendesk.csv"
    head = "Ticket ID,Subject,Ticket description,Customer Email,Customer name,Created at,Group,intent\n"
    path.write_text(f"{head}7,Parcel,Where is #1042?,mia@example.com,Mia,2026-10-01 10:00,Support,order_status\n")
    found = import_samples(path)
    [sample] = found.samples
    assert (sample.id, sample.text, found.unread) == ("7", "Where is #1042?", ("Created at", "Group"))
    message = sample.ticket.messages[0]
    assert (message.sender, message.sender_name) == ("mia@example.com", "Mia")


@pytest.mark.parametrize("name", ["intnt", "languages", "resolutions", "forbiden"])
def test_a_column_that_could_be_a_misspelt_label_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"text,intent,{name}\nhi,thanks,x\n")
    with pytest.raises(DatasetError, match="did you mean"):
        import_samples(path)

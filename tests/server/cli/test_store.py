"""`countersign store`: what a merchant has goes in and comes out the same; what is wrong is named."""

from __future__ import annotations

from pathlib import Path

from tests.server.cli.conftest import Command, lines_of

ORDERS = (
    "Name,Email,Created at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Lineitem quantity,Lineitem name,"
    "Lineitem price\n"
    "#1,ada@example.com,2026-03-01 10:00:00 +0000,USD,20.00,5.00,0.00,25.00,0.00,1,Mug,20.00\n"
    "#2,ada@example.com,2026-03-01 10:00:00 +0000,USD,20.00,5.00,0.00,twenty,0.00,1,Mug,20.00\n"
)


def test_a_round_trip_is_the_same_bytes(countersign: Command, snapshot: Path, work: Path) -> None:
    done = countersign("store", "import", snapshot, "--json")
    assert (done.code, done.err, done.json["ok"], done.json["problems"]) == (0, "", True, [])
    assert done.json["imported"]["orders"] == 5
    assert countersign("store", "export", "out", "--json").json["exported"]["orders"] == 5
    exported = {path.name: path.read_bytes() for path in (work / "out").iterdir()}
    assert exported == {path.name: path.read_bytes() for path in snapshot.iterdir() if path.name != "clock.json"}
    assert countersign("store", "export", "out").code == 0


def test_a_bad_row_is_named_the_rest_is_kept_and_the_exit_code_says_so(countersign: Command, work: Path) -> None:
    (work / "orders.csv").write_text(ORDERS)
    done = countersign("store", "import", "orders.csv")
    assert done.code == 1
    assert done.err.startswith("orders.csv:3: Total: ")
    assert "Imported 1 customer, 1 order." in done.out
    assert countersign("store", "show", "--json").json["orders"] == 1
    assert "orders.csv:1: Financial Status: is not in the header, so nothing counts as paid" in done.err
    listed = countersign("store", "import", "orders.csv", "--json")
    assert "orders.csv:1: Cancelled at: is not in the header" in "".join(listed.json["notices"])
    assert (listed.code, listed.err, len(listed.json["problems"]), listed.json["ok"]) == (1, "", 1, False)


def test_another_data_folder_can_be_named(countersign: Command, snapshot: Path, work: Path) -> None:
    done = countersign("store", "import", snapshot, "--store", "shop")
    assert done.out.splitlines()[-1] == "Next: countersign store show --store shop"
    assert not (work / "data").exists()
    assert "orders" in countersign("store", "show", "--store", "shop").out
    assert countersign("store", "export", "out", "--store", "shop").code == 0
    assert len(lines_of(work / "out" / "orders.jsonl")) == 5


def test_what_cannot_be_imported_is_said_and_leaves_nothing(countersign: Command, work: Path) -> None:
    (work / "empty").mkdir()
    (work / "text.txt").write_text("hi")
    (work / "orders.csv").write_bytes(ORDERS.encode("utf-16"))
    for path, said in (("nowhere", "does not exist"), ("empty", "nothing to import"), ("text.txt", "neither")):
        refused = countersign("store", "import", path)
        assert (refused.code, refused.out) == (2, "")
        assert said in refused.err
    encoded = countersign("store", "import", "orders.csv")
    assert encoded.code in (1, 2)
    assert "UTF-8" in encoded.err


def test_an_export_never_mixes_with_other_files(countersign: Command, snapshot: Path, work: Path) -> None:
    countersign("store", "import", snapshot)
    (work / "out").mkdir()
    (work / "out" / "mine.txt").write_text("x")
    refused = countersign("store", "export", "out")
    assert (refused.code, "mine.txt" in refused.err) == (2, True)
    assert [path.name for path in (work / "out").iterdir()] == ["mine.txt"]
    assert countersign("store", "export", "out/mine.txt").code == 2


def test_an_empty_store_says_what_to_do(countersign: Command, snapshot: Path) -> None:
    for path in snapshot.glob("*.jsonl"):
        path.unlink()
    assert countersign("store", "import", snapshot).out.startswith("Imported nothing.")
    assert countersign("store", "show").out.splitlines()[-1] == "Next: countersign store import FOLDER"

"""Find personal data in a file of texts, one JSON object per line."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.redaction.detect import find_pii

_SHAPE = '{"id": ..., "text": ...}'


class _Twice(ValueError):
    """A key that is there twice: one of its values would be looked at and the other not."""


@dataclass(frozen=True, slots=True)
class RedactionReport:
    """What a run did: texts read, spans found by type, and one message per line that could not be read."""

    texts: int
    spans: dict[str, int]
    problems: tuple[str, ...]


def redact_file(in_path: Path, out_path: Path) -> RedactionReport:
    """Read `{"id","text"}` lines, write `{"id","spans":[{"start","end","type","text"}]}` lines in the same order.

    A line that cannot be read is reported with file and line; the rest goes on. An id that comes again is reported and
    its line read all the same: what is not looked at is not masked.

    Raises:
        OSError: the input cannot be read or the output cannot be written.
    """
    counts: Counter[str] = Counter()
    problems: list[str] = []
    texts, seen = 0, dict[str | int, str]()
    with in_path.open("rb") as lines, out_path.open("w", encoding="utf-8") as out:
        for where, line in _numbered(in_path, lines):
            record = _record(where, line)
            if isinstance(record, str):
                problems.append(record)
                continue
            texts += 1
            first = seen.setdefault(record[0], where)
            if first != where:
                problems.append(
                    f"{where}: the id {json.dumps(record[0])} is in {first} already; both lines are answered"
                )
            spans = [asdict(span) for span in find_pii(record[1])]
            counts.update(span["type"] for span in spans)
            out.write(json.dumps({"id": record[0], "spans": spans}, ensure_ascii=False) + "\n")
    return RedactionReport(texts, dict(counts), tuple(problems))


def _numbered(path: Path, lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"{path}:{number}", line


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found and key in ("id", "text"):
            raise _Twice(key)
        found[key] = value
    return found


def _record(where: str, line: bytes) -> tuple[str | int, str] | str:
    """The id and the text of a line, or what is wrong with it."""
    try:
        data: object = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        return f"{where}: not UTF-8 (byte {error.start}); save the file as UTF-8"
    except json.JSONDecodeError as error:
        return f"{where}: not JSON from character {error.pos + 1} on; expected {_SHAPE}"
    except RecursionError:
        return f"{where}: nested deeper than any text is; expected {_SHAPE}"
    except _Twice as error:
        return f'{where}: "{error}" is there twice; keep one'
    if not isinstance(data, dict):
        return f"{where}: expected an object {_SHAPE}"
    return _fields(where, data)  # pyright: ignore[reportUnknownArgumentType] - JSON


def _fields(where: str, data: dict[str, object]) -> tuple[str | int, str] | str:
    key, text = data.get("id"), data.get("text")
    if not isinstance(key, str | int) or isinstance(key, bool):
        return f'{where}: "id" is missing or neither a string nor a whole number'
    if not isinstance(text, str):
        return f'{where}: "text" is missing or not a string'
    return key, text

"""What a run gave, for people: Markdown for a pull request, and one HTML page that opens anywhere."""

from __future__ import annotations

from pathlib import Path

from evals.log import EvalLog, LogError
from evals.report.markdown import markdown_of
from evals.report.page import page_of

__all__ = ["markdown_of", "page_of", "write_report"]


def write_report(log: EvalLog, folder: Path, name: str = "report", *, held_out: bool = False) -> tuple[Path, Path]:
    """Write `name.md` and `name.html` into a folder, made when it is not there; gives both paths.

    Held-out results are in every figure, and shown one by one only with `held_out`.

    Raises:
        LogError: the folder or a file cannot be written.
    """
    markdown, page = folder / f"{name}.md", folder / f"{name}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in ((markdown, markdown_of(log, held_out=held_out)), (page, page_of(log, held_out=held_out))):
            part = path.with_name(f"{path.name}.part")
            part.write_text(content, encoding="utf-8", newline="\n")
            part.replace(path)
    except OSError as error:
        raise LogError(f"{folder}: the report cannot be written ({error.strerror or error})") from None
    return markdown, page

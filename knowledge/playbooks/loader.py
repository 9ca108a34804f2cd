"""From a folder of playbooks and a folder of macros to one book; every fault with its file and line."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.errors import DocumentError
from knowledge.ingest import read_text
from knowledge.plainly import said
from knowledge.playbooks.advice import did_you_mean
from knowledge.playbooks.errors import PlaybookProblem, PlaybooksInvalid
from knowledge.playbooks.schema import Alternative, Branch, FollowUp, Macro, Playbook, PlaybookBook, digest_of
from knowledge.playbooks.vocabulary import Vocabulary
from knowledge.playbooks.yaml_tree import Fields, Scalar, Tree, find, plain, read_tree

FENCE = "---"
MAX_CHARS = 200_000
PLAYBOOKS, MACROS = (".md",), (".yaml", ".yml")

Place = tuple[str | int, ...]

_KEYS = {
    "": set(Playbook.model_fields) - {"prose"},
    "branches": set(Branch.model_fields),
    "alternatives": set(Alternative.model_fields),
    "follow_up": set(FollowUp.model_fields),
}


@dataclass(slots=True)
class PlaybookSource:
    """A playbook file: what it says and on which lines. `playbook` is None when it does not fit the schema."""

    path: Path
    tree: Tree
    playbook: Playbook | None = None

    def line(self, place: Place) -> int:
        """The line of a key or entry, such as `("branches", 2, "when")`."""
        return find(self.tree, place)[1]


@dataclass(slots=True)
class MacroSource:
    """One macro as written: its texts and the lines on which they begin."""

    path: Path
    line: int
    macro: Macro
    lines: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(slots=True)
class Sources:
    """Everything that could be read, and what could not."""

    playbooks: dict[str, PlaybookSource] = field(default_factory=dict[str, PlaybookSource])
    macros: dict[str, dict[str, MacroSource]] = field(default_factory=dict[str, dict[str, MacroSource]])
    problems: list[PlaybookProblem] = field(default_factory=list[PlaybookProblem])
    written: set[str] = field(default_factory=set[str])
    """Names of all playbook files, those that could not be read included: these are broken, not missing."""

    def macro(self, name: str, intent: str, shared: str) -> MacroSource | None:
        """The macro that a playbook means: its own file first, then the shared one."""
        own = self.macros.get(intent, {}).get(name)
        return own or self.macros.get(shared, {}).get(name)

    def report(self, path: Path, line: int, message: str) -> None:
        """Remember a fault."""
        self.problems.append(PlaybookProblem(str(path), line, message))


def load_playbooks(folder: Path, macros_folder: Path, vocabulary: Vocabulary) -> PlaybookBook:
    """Read and check everything.

    Raises:
        PlaybooksInvalid: Listing every fault with file and line; nothing is loaded then.
    """
    from knowledge.playbooks.validator import check_sources

    sources = read_sources(folder, macros_folder)
    problems = check_sources(sources, vocabulary)
    if problems:
        raise PlaybooksInvalid(problems)
    playbooks = {intent: source.playbook for intent, source in sources.playbooks.items() if source.playbook}
    macros = {file: {name: source.macro for name, source in group.items()} for file, group in sources.macros.items()}
    return PlaybookBook(playbooks=playbooks, macros=macros, digest=digest_of(playbooks, macros))


def read_sources(folder: Path, macros_folder: Path) -> Sources:
    """Read both folders; nothing is checked against a vocabulary yet."""
    sources = Sources()
    for path in _files(folder, PLAYBOOKS, sources):
        _read_playbook(path, sources)
    for path in _files(macros_folder, MACROS, sources):
        _read_macros(path, sources)
    return sources


def _files(folder: Path, suffixes: tuple[str, ...], sources: Sources) -> list[Path]:
    if not folder.is_dir():
        sources.report(folder, 1, "there is no such folder")
        return []
    found = written_files(folder, suffixes)
    if not found:
        sources.report(folder, 1, f"the folder holds no {suffixes[0]} file")
    return found


def written_files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a folder that count, by name."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes and path.is_file())
    return [path for path in found if path.name.lower() != "readme.md" and not path.name.startswith(".")]


def _read_playbook(path: Path, sources: Sources) -> None:
    sources.written.add(path.stem)
    try:
        head, prose, prose_line = _split(_text(path), path)
        tree = read_tree(head, path, first_line=2)
    except DocumentError as error:
        sources.report(path, error.line, error.reason)
        return
    source = PlaybookSource(path, tree)
    sources.playbooks[path.stem] = source
    if not prose:
        sources.report(path, prose_line, "there is no text after the front matter: say how this case is handled")
    if not isinstance(tree, Fields):
        sources.report(path, 2, "the front matter must be `key: value` lines")
        return
    if "prose" in tree.values:
        sources.report(path, tree.lines["prose"], "unknown key prose: write it below the front matter")
        return
    values = {key: plain(value) for key, value in tree.values.items()}
    try:
        source.playbook = Playbook.model_validate({**values, "prose": prose})
    except ValidationError as error:
        for detail in error.errors():
            sources.report(path, *_explained(detail, tree))


def _text(path: Path) -> str:
    text = read_text(path)
    if len(text) > MAX_CHARS:
        raise DocumentError(path, 1, f"more than {MAX_CHARS} characters: is this the right file?")
    return text


def _split(text: str, path: Path) -> tuple[str, str, int]:
    """The YAML head, the prose below it, and the line on which the prose begins."""
    lines = text.splitlines()
    if lines[0].rstrip() != FENCE:
        raise DocumentError(path, 1, "no front matter: begin with a --- line, the keys, and another --- line")
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise DocumentError(path, 1, "the front matter has no closing --- line: is the file truncated?")
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]).strip(), end + 2


def _explained(detail: ErrorDetails, tree: Tree) -> tuple[int, str]:
    place, kind = detail["loc"], detail["type"]
    line = find(tree, place)[1]
    key = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        names = [str(step) for step in place[:-1] if isinstance(step, str)]
        return line, f"unknown key {key}{did_you_mean(key, _KEYS.get(names[-1] if names else '', ()))}"
    if kind == "missing":
        return line, f"{key} is missing"
    message = said(kind, detail["msg"])
    return line, message if kind == "value_error" else f"{_named(place)}: {message[:1].lower()}{message[1:]}"


def _named(place: Place) -> str:
    """`branches[2].when` for people, entries counted from 1."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


def _read_macros(path: Path, sources: Sources) -> None:
    try:
        tree = read_tree(_text(path), path)
    except DocumentError as error:
        sources.report(path, error.line, error.reason)
        return
    if not isinstance(tree, Fields):
        sources.report(path, 1, "a macro file is a list of `name:` entries with a text for each language")
        return
    group = sources.macros.setdefault(path.stem, {})
    for name, value in tree.values.items():
        if isinstance(value, Fields):
            group[name] = _macro(path, name, tree.lines[name], value, sources)
        else:
            sources.report(path, tree.lines[name], f"macro {name} needs a text for each language, such as `en: |`")


def _macro(path: Path, name: str, line: int, fields: Fields, sources: Sources) -> MacroSource:
    texts: dict[str, str] = {}
    lines: dict[str, int] = {}
    for language, value in fields.values.items():
        if isinstance(value, Scalar) and isinstance(value.value, str) and value.value.strip():
            texts[language], lines[language] = value.value, value.text_line
        else:
            sources.report(path, fields.lines[language], f"macro {name}: {language} must be a text")
    try:
        macro = Macro(name=name, texts=texts)
    except ValidationError:
        sources.report(path, line, f"{name!r} is no macro name: use small letters, digits and underscores")
        macro = Macro.model_construct(name=name, texts=texts)
    return MacroSource(path, line, macro, lines)

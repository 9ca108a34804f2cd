"""The sentence encoder tuned to shop messages: a change of the local one, for our own intents alone.

`tuned.npz` and `tuned.json` are made together by `python -m evals tune-encoder`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.triage.errors import TriageError

if TYPE_CHECKING:
    from knowledge.embedding import Embedder

HERE: Final = Path(__file__).parent
_AGAIN = "install Countersign again"


class Settled(BaseModel):
    """What belongs to a tuned encoder: its checksum, and the settings measured on examples it was not tuned on.

    Tuned on examples, an encoder parts them better than any message to come; what training would find out on them
    is therefore found out beforehand, by encoders tuned on the other examples.
    """

    model_config = ConfigDict(frozen=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    meaning_weight: Annotated[float, Field(gt=0)]
    sharpness: Annotated[float, Field(gt=0)]
    bar: Annotated[float, Field(ge=0, le=1)]
    accuracy: Annotated[float, Field(ge=0, le=1)]
    judged: Annotated[int, Field(gt=0)]
    """How many examples the settings and the accuracy rest on."""


def read_settled(folder: Path = HERE) -> Settled:
    """What was settled for the encoder in this folder.

    Raises:
        TriageError: The file is missing or damaged.
    """
    path = folder / "tuned.json"
    try:
        return Settled.model_validate_json(path.read_bytes())
    except OSError as error:
        raise TriageError(f"{path} cannot be read ({error.strerror}): {_AGAIN}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise TriageError(f"{path} is damaged ({first['msg']}): {_AGAIN}") from error


def tuned(embedder: Embedder, cache_dir: Path, folder: Path = HERE) -> tuple[Embedder, Settled | None]:
    """The tuned encoder in place of the plain one, with its settings; anything else as it is, such as the fallback.

    Raises:
        ModelCorrupt: The change is not the one that was settled for.
        TriageError: What was settled cannot be read.
    """
    from knowledge.delta import Delta
    from knowledge.minilm import FINGERPRINT, MiniLMEmbedder

    if embedder.fingerprint != FINGERPRINT:
        return embedder, None
    settled = read_settled(folder)
    return MiniLMEmbedder(cache_dir, Delta(folder / "tuned.npz", settled.sha256)), settled

"""The sentence encoder once more, in torch and able to learn: what is shipped stands still, a small change moves.

The network is that of `knowledge.minilm_graph`, in float32 or bfloat16. Torch is no dependency of the product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from knowledge.delta import LEFT, RIGHT, SHIFT
from knowledge.minilm_graph import HEADS, LAYERS, WIDTH

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[np.float32]]

Tensor: TypeAlias = Any  # torch is installed by hand, for tuning alone, so that its types are not there to be checked
_EMBEDDED = "embeddings"


@dataclass(frozen=True)
class Network:
    """What stands (`weights`), what moves (`change`, named as in `knowledge.delta`), and the vectors of the labels."""

    torch: Any  # the module: see Tensor
    weights: dict[str, Tensor]
    change: dict[str, Tensor]
    head: dict[str, Tensor]
    dropout: float
    half: dict[str, Tensor] = field(default_factory=dict[str, Tensor])

    @classmethod
    def of(cls, torch: Any, weights: Arrays, labels: int, *, rank: int, dropout: float) -> Network:
        """A network that gives the vectors of `weights` until it learns; `torch` is seeded by the caller."""
        tensors = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
        change: dict[str, Tensor] = {}
        for name, tensor in tensors.items():
            if not name.startswith("encoder."):
                continue
            if tensor.ndim == 2:
                outputs, inputs = tensor.shape
                change[RIGHT + name] = torch.randn(rank, inputs) / math.sqrt(inputs)
                change[LEFT + name] = torch.zeros(outputs, rank)
            else:
                change[SHIFT + name] = torch.zeros_like(tensor)
        head = {"vectors": torch.randn(labels, WIDTH) * 0.02, "constant": torch.zeros(labels)}
        for parameter in (*change.values(), *head.values()):
            parameter.requires_grad_(True)
        half = {name: tensor.bfloat16() for name, tensor in tensors.items() if name.startswith("encoder.")}
        return cls(torch, tensors, change, head, dropout, half)

    def vectors(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Unit vectors float32 [batch, 384] of tokens int64 [batch, length]; `mask` is true where there is one."""
        torch, weights = self.torch, self.weights
        positions = weights[f"{_EMBEDDED}.position_embeddings.weight"][: ids.shape[1]]
        kind = weights[f"{_EMBEDDED}.token_type_embeddings.weight"][0]
        hidden = weights[f"{_EMBEDDED}.word_embeddings.weight"][ids] + positions + kind
        name = f"{_EMBEDDED}.LayerNorm"
        scale, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        hidden = self._dropped(torch.nn.functional.layer_norm(hidden, (WIDTH,), scale, bias, 1e-12).bfloat16())
        seen = torch.where(mask, 0.0, -1e4)[:, None, None, :].bfloat16()
        for layer in range(LAYERS):
            hidden = self._layer(hidden, seen, f"encoder.layer.{layer}")
        total = (hidden.float() * mask[..., None]).sum(1)
        return torch.nn.functional.normalize(total, dim=-1)

    def scores(self, vectors: Tensor, scale: float) -> Tensor:
        """Scores [batch, labels]."""
        return scale * vectors @ self.head["vectors"].T + self.head["constant"]

    def arrays(self) -> dict[str, NDArray[np.float16]]:
        """The change as it is shipped."""
        return {name: tensor.detach().half().numpy() for name, tensor in self.change.items()}

    def _layer(self, hidden: Tensor, seen: Tensor, name: str) -> Tensor:
        attended = self._dense(self._context(hidden, seen, f"{name}.attention.self"), f"{name}.attention.output.dense")
        hidden = self._normal(hidden + self._dropped(attended), f"{name}.attention.output.LayerNorm")
        grown = self.torch.nn.functional.gelu(self._dense(hidden, f"{name}.intermediate.dense"))
        shrunk = self._dense(grown, f"{name}.output.dense")
        return self._normal(hidden + self._dropped(shrunk), f"{name}.output.LayerNorm")

    def _context(self, hidden: Tensor, seen: Tensor, name: str) -> Tensor:
        batch, length, _ = hidden.shape
        query, key, value = (
            self._dense(hidden, f"{name}.{part}").view(batch, length, HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        # By hand: the fused attention goes back 50 times slower on a CPU (torch 2.13).
        looked = self.torch.softmax(query / math.sqrt(WIDTH / HEADS) @ key.transpose(2, 3) + seen, -1)
        return (looked @ value).transpose(1, 2).reshape(batch, length, WIDTH)

    def _dense(self, hidden: Tensor, name: str) -> Tensor:
        linear, matrix = self.torch.nn.functional.linear, f"{name}.weight"
        thin = linear(hidden, self.change[RIGHT + matrix].bfloat16())
        moved = linear(thin, self.change[LEFT + matrix].bfloat16())
        return linear(hidden, self.half[matrix], self._shifted(f"{name}.bias")) + moved

    def _normal(self, hidden: Tensor, name: str) -> Tensor:
        scale, bias = self._shifted(f"{name}.weight"), self._shifted(f"{name}.bias")
        return self.torch.nn.functional.layer_norm(hidden, (WIDTH,), scale, bias, 1e-12)

    def _shifted(self, name: str) -> Tensor:
        return (self.weights[name] + self.change[SHIFT + name]).bfloat16()

    def _dropped(self, hidden: Tensor) -> Tensor:
        return self.torch.nn.functional.dropout(hidden, self.dropout)

# mypy: disable-error-code="misc, untyped-decorator"
# torch is there only where the model is trained; where this is checked, its classes are Any.
"""Muon for many small matrices: those of one shape are orthogonalised together.

The method is K. Jordan et al., Muon: an optimizer for hidden layers (2024), with the settings of `torch.optim.Muon`,
which takes matrices one by one: for a network as small as ours that is more than half of a GPU's time.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer

MOMENTUM = 0.95
STEPS = 5
A, B, C = 3.4445, -4.7750, 2.0315
"""Of the quintic iteration that brings singular values near 1."""


class Muon(Optimizer):
    """Nesterov momentum, orthogonalised, with steps as large as AdamW's would be (J. Liu et al., 2025, section 2.2)."""

    def __init__(self, matrices: Iterable[Tensor], lr: float, weight_decay: float) -> None:
        super().__init__(matrices, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        """One step along the gradients."""
        for group in self.param_groups:
            alike: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
            for weight in group["params"]:
                alike[tuple(weight.shape)].append(weight)
            for shape, weights in alike.items():
                torch._foreach_mul_(weights, 1.0 - group["lr"] * group["weight_decay"])
                directions = list(orthogonal(torch.stack(self._momenta(weights))))
                torch._foreach_add_(weights, directions, alpha=-group["lr"] * 0.2 * max(shape) ** 0.5)

    def _momenta(self, weights: list[Tensor]) -> list[Tensor]:
        gradients = [weight.grad for weight in weights]
        for weight in weights:
            if "momentum" not in self.state[weight]:
                self.state[weight]["momentum"] = torch.zeros_like(weight)
        kept = [self.state[weight]["momentum"] for weight in weights]
        torch._foreach_lerp_(kept, gradients, 1.0 - MOMENTUM)
        return list(torch._foreach_lerp(gradients, kept, MOMENTUM))


def orthogonal(matrices: Tensor) -> Tensor:
    """Roughly the nearest half-orthogonal matrices to [n, rows, columns]: singular values end between 0.7 and 1.2."""
    x = matrices.bfloat16()
    if tall := x.shape[1] > x.shape[2]:
        x = x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        square = x @ x.mT
        x = A * x + (B * square + C * square @ square) @ x
    return (x.mT if tall else x).to(matrices.dtype)

# mypy: disable-error-code="misc"
# torch is there only where the model is trained; where this is checked, its classes are Any.
"""The network: a small decoder of the llama family (RMSNorm, RoPE, SwiGLU, tied embeddings)."""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The size of the network; widths are multiples of 32, as Q8_0 wants them."""

    vocabulary: int = 3072
    width: int = 320
    layers: int = 7
    heads: int = 5
    inner: int = 768
    context: int = 512
    rope_base: float = 10000.0
    epsilon: float = 1e-5

    def as_dict(self) -> dict[str, int | float]:
        """The fields, for a checkpoint."""
        return asdict(self)


class Attention(nn.Module):
    """Causal self-attention with rotary positions (rotate-half layout).

    On a CPU it is written out, because for sentences this short that is three times faster than the fused kernel.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.q = nn.Linear(shape.width, shape.width, bias=False)
        self.k = nn.Linear(shape.width, shape.width, bias=False)
        self.v = nn.Linear(shape.width, shape.width, bias=False)
        self.output = nn.Linear(shape.width, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """`x` is [batch, length, width]; so is the result."""
        batch, length, width = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, self.heads, -1).transpose(1, 2)

        q, k, v = rotate(split(self.q(x)), cos, sin), rotate(split(self.k(x)), cos, sin), split(self.v(x))
        if x.is_cuda:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = q @ k.transpose(2, 3) * q.shape[-1] ** -0.5 + mask
            mixed = scores.softmax(-1).to(v.dtype) @ v
        out: Tensor = self.output(mixed.transpose(1, 2).reshape(batch, length, width))
        return out


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding of [batch, heads, length, size] by [length, size / 2] angles."""
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cos - right * sin, right * cos + left * sin), dim=-1).to(x.dtype)


class Block(nn.Module):
    """One layer: attention, then a gated feed-forward, each behind a norm and beside a skip."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.attention = Attention(shape)
        self.feed_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.gate = nn.Linear(shape.width, shape.inner, bias=False)
        self.up = nn.Linear(shape.width, shape.inner, bias=False)
        self.down = nn.Linear(shape.inner, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """`x` is [batch, length, width]; so is the result."""
        x = x + self.attention(self.attention_norm(x), cos, sin, mask)
        y = self.feed_norm(x)
        out: Tensor = x + self.down(F.silu(self.gate(y)) * self.up(y))
        return out


class Reader(nn.Module):
    """The whole network, from token ids to logits."""

    cos: Tensor
    sin: Tensor
    mask: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, shape.epsilon)
        half = shape.width // shape.heads // 2
        frequency = shape.rope_base ** (-torch.arange(half, dtype=torch.float32) / half)
        angles = torch.outer(torch.arange(shape.context, dtype=torch.float32), frequency)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        future = torch.full((shape.context, shape.context), -torch.inf).triu(1)
        self.register_buffer("mask", future, persistent=False)
        self._start()

    def _start(self) -> None:
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                deep = name.endswith(("output.weight", "down.weight"))
                nn.init.normal_(weight, std=0.02 / ((2 * self.shape.layers) ** 0.5 if deep else 1.0))

    def forward(self, tokens: Tensor, wanted: Tensor) -> Tensor:
        """Logits [n, vocabulary] at the n positions `wanted` of the flattened `tokens` ([batch, length])."""
        x = self.embedding(tokens)
        cos, sin = self.cos[: tokens.shape[1]], self.sin[: tokens.shape[1]]
        mask = self.mask[: tokens.shape[1], : tokens.shape[1]]
        for block in self.blocks:
            x = block(x, cos, sin, mask)
        return F.linear(self.norm(x.flatten(0, 1)[wanted]), self.embedding.weight)

    def size(self) -> int:
        """The number of parameters."""
        return sum(weight.numel() for weight in self.parameters())

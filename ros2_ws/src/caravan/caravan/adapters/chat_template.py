"""A preamble in the chat template of a model's own file. For the model's own process, which has llama.cpp loaded."""

from __future__ import annotations

from typing import Any

from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from caravan.adapters.chat import Preamble

_SENTENCE = "the-sentence-goes-here"


class TemplateError(ValueError):
    """A chat template that cannot be used; the message says why."""


def render(template: str, bos: str, eos: str, preamble: Preamble) -> tuple[str, str]:
    """What stands before and after the sentence in a chat that ends with it, in the Jinja template of a GGUF.

    Raises TemplateError. A template without a system role has its text in the first turn.
    """
    turns = [turn for say, reading in preamble.examples for turn in (_turn("user", say), _turn("assistant", reading))]
    turns.append(_turn("user", _SENTENCE))
    try:
        text = _filled(template, bos, eos, [_turn("system", preamble.system), *turns])
    except TemplateError:
        first = _turn("user", f"{preamble.system}\n\n{turns[0]['content']}")
        text = _filled(template, bos, eos, [first, *turns[1:]])
    parts = text.split(_SENTENCE)
    if len(parts) != 2:
        raise TemplateError(f"it shows the user's words {len(parts) - 1} times, not once")
    return parts[0], parts[1]


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _filled(template: str, bos: str, eos: str, turns: list[dict[str, str]]) -> str:
    messages: list[Any] = turns
    try:
        formatter = Jinja2ChatFormatter(template=template, bos_token=bos, eos_token=eos)
        # Some models think aloud before they answer, unless they are told not to.
        return str(formatter(messages=messages, enable_thinking=False).prompt)
    except Exception as error:  # A template is a program of somebody else's.
        raise TemplateError(f"{type(error).__name__}: {error}") from None

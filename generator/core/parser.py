"""Jinja's parser, which remembers where each block that is still open was opened."""

from __future__ import annotations

from typing import Any, NoReturn

from jinja2 import TemplateSyntaxError
from jinja2.lexer import TokenStream
from jinja2.parser import Parser


class _Tags(list[str]):
    """The tags of the blocks that are open, and the line of each, which knows its offset."""

    def __init__(self, stream: TokenStream) -> None:
        super().__init__()
        self.stream = stream
        self.lines: list[int] = []

    def append(self, tag: str) -> None:
        super().append(tag)
        self.lines.append(self.stream.current.lineno)

    def pop(self, *index: Any) -> str:
        self.lines.pop(*index)
        return super().pop(*index)


class BlockParser(Parser):
    """Raises errors that carry `opened`, the tag and the line of the innermost block that is not closed."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._tag_stack: _Tags = _Tags(self.stream)

    def _fail_ut_eof(
        self, name: str | None, end_token_stack: list[tuple[str, ...]], lineno: int | None
    ) -> NoReturn:
        try:
            super()._fail_ut_eof(name, end_token_stack, lineno)
        except TemplateSyntaxError as error:
            if self._tag_stack:
                error.opened = self._tag_stack[-1], self._tag_stack.lines[-1]  # type: ignore[attr-defined]
            error.unknown = name  # type: ignore[attr-defined]
            raise

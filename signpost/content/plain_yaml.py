"""YAML in which every word stays as the author wrote it, and in which the line of every key can be found."""

from collections.abc import Iterator, Sequence
from typing import Any

import yaml


DEEPEST = 12
"""Lists and mappings within one another; the vocabulary and guides need six."""


class PlainLoader(yaml.SafeLoader):
    """Safe YAML in which every scalar but null stays the text that the author wrote: no dates, numbers or booleans."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """A node, if it is one that authors need: '*' can stand for more than memory holds, '!' for what is no text."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="write it out: '*' references are not allowed", problem_mark=mark)
        if event.tag is not None:
            raise yaml.MarkedYAMLError(problem="put it in quotes: '!' types are not allowed", problem_mark=mark)
        if self._depth == DEEPEST:
            raise yaml.MarkedYAMLError(problem=f"more than {DEEPEST} lists within one another", problem_mark=mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str) -> Any:
    """The content of a YAML text. Raises yaml.YAMLError."""
    return yaml.load(text, PlainLoader)  # noqa: S506 (a SafeLoader)


def compose(text: str) -> yaml.Node | None:
    """The nodes of a YAML text, which know their lines. Raises yaml.YAMLError."""
    return yaml.compose(text, PlainLoader)


def line_of(node: yaml.Node | None, place: Sequence[str | int]) -> int:
    """The line of the file that holds a key, or of the nearest one above it that exists."""
    if node is None:
        return 1
    line = int(node.start_mark.line)
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == step]
            if not found:
                break
            line, node = found[0][0].start_mark.line, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 2


def repeated_keys(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Keys written twice in one mapping, where YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 2, key.value
            seen.add(key.value)
            yield from repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from repeated_keys(item)


def shape_message(error: Any) -> str:
    """Pydantic's error in the words of an author."""
    key = error["loc"][-1] if error["loc"] else "front matter"
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"unknown key '{key}'"
    if error["type"].startswith("missing"):
        return f"the key '{key}' is missing"
    if isinstance(key, int):
        owner = next((step for step in reversed(error["loc"]) if isinstance(step, str)), "the file")
        return f"this item of '{owner}' has the wrong form"
    return f"'{key}' has the wrong form: {error['msg'].lower()}"

"""The portal's pages as their authors wrote them: tables of an example, code blocks, commands."""

import re
from pathlib import Path

BOOK = Path(__file__).parents[2] / "book"
HANDBOOKS = sorted((BOOK / "handbuch").glob("*.md"))


def example(page: str, title: str) -> list[list[str]]:
    """Rows of the list-table `title` on the page, without the head; its cells as plain text."""
    text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
    found = re.search(rf"```{{list-table}} {re.escape(title)}\n(.*?)```", text, re.DOTALL)
    assert found, f"{page}.md has no table {title!r}"
    rows = re.split(r"^\* - ", found[1], flags=re.MULTILINE)[2:]
    return [[_plain(cell) for cell in re.split(r"^  - ", row, flags=re.MULTILINE)] for row in rows]


def steps(page: str, title: str) -> dict[str, str]:
    """The same of a table with two columns: step → what the page says."""
    return dict(example(page, title))


def blocks(path: Path, language: str) -> list[str]:
    """Code blocks of the page in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def _plain(cell: str) -> str:
    return " ".join(re.sub(r"\[(.*?)\]\(.*?\)", r"\1", cell).split())

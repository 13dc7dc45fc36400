"""The readers' glossary: `book/glossar.md` as checked terms, for the links on all pages (`glossary_ext`).

An entry is a line with the term, its definition indented below, and fields: `:Englisch:` (needed), `:Auch:` (other
names, linked too) and `:Formen:` (all spellings to be linked, or `keine`). Several values are divided by `;`. Without
`:Formen:` every inflected form of the term and its other names is linked, found by the stemmer of the search; a term
that gets another umlaut in the plural, or is also a part of names ("Landkreis Börde"), needs them.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from transferbuch.errors import PersonFileError, Problem
from transferbuch.records import nearest, read_person_text
from transferbuch.site.search import FOLDED, stem

FIELDS = {"Auch": "other names of the term", "Englisch": "the English term", "Formen": "spellings, or keine"}
NO_FORMS = "keine"
MAX_LENGTH = 400
"""Characters of a definition; more is no longer read in a small box beside a word."""

WORD = re.compile(r"-?[^\W_]+(?:-[^\W_]+)*-?")
"""A word with the hyphens around it: "Schul-" and "-quote" are halves of other words."""
_BLOCK = re.compile(r"^```\{glossary\}[ \t]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_FIELD = re.compile(r":(\w+):\s*(.*)")


@cache
def stem_of(word: str) -> str:
    """The search's stem with the umlauts of the word, so that "Grundschüler" is no form of "Grundschule"."""
    return stem(word) + "".join(re.findall("[äöüß]", word.lower()))


@dataclass(frozen=True)
class Spelling:
    """One way in which a term stands in a text: words as written, or their stems (`exact` is False).

    `capitals`: whether each word begins with a capital; None where both are right (first of several words: "freier
    Träger", "Freier Träger").
    """

    words: tuple[str, ...]
    exact: bool
    capitals: tuple[bool | None, ...] = ()

    def fits(self, words: tuple[str, ...]) -> bool:
        if self.exact:
            return words == self.words
        return tuple(map(stem_of, words)) == self.words and all(
            wanted is None or word[0].isupper() == wanted for word, wanted in zip(words, self.capitals, strict=True)
        )


@dataclass(frozen=True)
class Term:
    """One entry; `definition` is plain text, `forms` is None where all inflected forms count. `line` in the file."""

    name: str
    definition: str = ""
    english: str = ""
    also: tuple[str, ...] = ()
    forms: tuple[str, ...] | None = None
    line: int = field(default=0, compare=False, repr=False)

    @property
    def spellings(self) -> tuple[Spelling, ...]:
        """How the term may stand in a text."""
        if self.forms is not None:
            return tuple(Spelling(tuple(WORD.findall(form)), True) for form in self.forms)
        return tuple(map(_inflected, (self.name, *self.also)))


def _inflected(name: str) -> Spelling:
    words = WORD.findall(name)
    capitals: list[bool | None] = [word[0].isupper() for word in words]
    if len(words) > 1:
        capitals[0] = None
    return Spelling(tuple(map(stem_of, words)), False, tuple(capitals))


def load_glossary(path: Path, file: str) -> tuple[Term, ...]:
    """All terms in the order of the page; `file` is its name in messages. Without such a page there are none.

    Raises PersonFileError with all faults: no entries, a definition that is empty, too long or not plain, a field
    that is missing, empty, unknown or given twice, a term twice, two terms with the same spelling, a wrong order.
    """
    if not path.is_file():
        return ()
    text = read_person_text(path, file)
    terms: list[Term] = []
    problems: list[Problem] = []
    for block in _BLOCK.finditer(text):
        read, faults = _read_block(block[1], text.count("\n", 0, block.start(1)) + 1, file)
        terms += read
        problems += faults
    if not terms:
        what, do = "the page has no terms", "write them between ```{glossary} and ```"
        problems.append(Problem(file, 0, "", what, do=do, code="glossary"))
    problems += [fault for term in terms for fault in _check_term(term, file)]
    problems += [*_check_order(terms, file), *_check_spellings(terms, file)]
    if problems:
        raise PersonFileError(sorted(problems))
    return tuple(terms)


def _read_block(block: str, first_line: int, file: str) -> tuple[list[Term], list[Problem]]:
    terms: list[Term] = []
    problems: list[Problem] = []
    seen: set[str] = set()  # fields of the last term
    for number, line in enumerate(block.split("\n"), first_line):
        text = line.strip()
        if not text:
            continue
        if not line[0].isspace():
            terms.append(Term(text, line=number))
            seen = set()
        elif not terms:
            problems.append(Problem(file, number, "", "a definition without a term", text, code="glossary"))
        elif found := _FIELD.fullmatch(text):
            name, value = found.groups()
            problems += _check_field(name, value, seen, file, number)
            seen.add(name)
            terms[-1] = _with_field(terms[-1], name, value)
        else:
            terms[-1] = replace(terms[-1], definition=f"{terms[-1].definition} {text}".strip())
    return [replace(term, definition=_LINK.sub(r"\1", term.definition)) for term in terms], problems


def _with_field(term: Term, name: str, value: str) -> Term:
    values = tuple(part.strip() for part in value.split(";") if part.strip())
    if name == "Auch":
        return replace(term, also=values)
    if name == "Formen":
        return replace(term, forms=() if values == (NO_FORMS,) else values)
    return replace(term, english=value) if name == "Englisch" else term


def _check_field(name: str, value: str, seen: set[str], file: str, line: int) -> list[Problem]:
    if name not in FIELDS:
        expected = f"one of {', '.join(FIELDS)}"
        return [Problem(file, line, name, "unknown field", name, expected, nearest(name, FIELDS), "unknown-key")]
    if name in seen:
        return [Problem(file, line, name, "the field is given twice", do="remove one of the two", code="glossary")]
    if not value:
        do = f"write {FIELDS[name]} behind it or remove the line"
        return [Problem(file, line, name, "the field is empty", expected=FIELDS[name], do=do, code="glossary")]
    return []


def _check_term(term: Term, file: str) -> list[Problem]:
    problems = []
    if not term.definition:
        what, do = "the term has no definition", "write one to three sentences below it, indented by two spaces"
        problems.append(Problem(file, term.line, term.name, what, do=do, code="glossary"))
    if len(term.definition) > MAX_LENGTH:
        what, expected = "the definition is too long", f"at most {MAX_LENGTH} characters"
        problems.append(Problem(file, term.line, term.name, what, str(len(term.definition)), expected, code="glossary"))
    if found := re.search(r"[`*<>\[\]{}]", term.definition):
        what, expected = "the definition is shown as plain text", "words and links only"
        problems.append(Problem(file, term.line, term.name, what, found[0], expected, code="glossary"))
    if not term.english:
        what, do = "the English term is missing", "add a line `:Englisch: …` to the entry, after an empty line"
        problems.append(Problem(file, term.line, term.name, what, expected=FIELDS["Englisch"], do=do, code="glossary"))
    return problems


def _sort_key(term: Term) -> str:
    """German order of dictionaries (DIN 5007-1): ä as a, ß as ss, hyphens do not count."""
    return re.sub(r"[^\w ]", "", term.name.lower().translate(FOLDED))


def _check_order(terms: list[Term], file: str) -> list[Problem]:
    return [
        Problem(
            file,
            later.line,
            later.name,
            "the term stands in the wrong place",
            expected="alphabetical order, ä as a",
            do=f"move it before {former.name!r}",
            code="glossary-order",
        )
        for former, later in zip(terms, terms[1:], strict=False)
        if _sort_key(later) < _sort_key(former)
    ]


def _check_spellings(terms: list[Term], file: str) -> list[Problem]:
    """A term that is there twice, and words that would lead to two terms."""
    problems = []
    names: dict[str, Term] = {}
    owners: dict[tuple[str, ...], Term] = {}
    for term in terms:
        if former := names.get(_sort_key(term)):
            do = f"remove it here or in line {former.line}"
            problems.append(Problem(file, term.line, term.name, "the term is there twice", do=do, code="glossary"))
            continue
        names[_sort_key(term)] = term
        for spelling in term.spellings:
            if not spelling.words:
                what, expected = "a name or form without a word", "letters or digits"
                problems.append(Problem(file, term.line, term.name, what, expected=expected, code="glossary"))
                continue
            stems = tuple(map(stem_of, spelling.words)) if spelling.exact else spelling.words
            if (former := owners.setdefault(stems, term)) is not term:
                what = "the same words lead to another term too"
                do = f"give exact `:Formen:` here or to {former.name!r} in line {former.line}"
                value = " ".join(spelling.words)
                problems.append(Problem(file, term.line, term.name, what, value, do=do, code="glossary"))
    return problems

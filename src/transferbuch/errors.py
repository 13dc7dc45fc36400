"""What can go wrong, as facts: one `Problem` per fault, one exception kind per exit code.

Only `transferbuch.cli.main` turns these into text. Exceptions keep their facts as attributes and survive
pickling, because editions are built in other processes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EXIT_OK = 0
EXIT_BUG = 1
EXIT_USAGE = 2
EXIT_STOPPED = 130


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: where it is, what is wrong, what was expected, what to do.

    `file` is given relative to the project where possible; `line` counts from 1, 0 means "the whole file".
    """

    file: str
    line: int
    field: str
    what: str
    value: str = ""
    expected: str = ""
    do: str = ""
    code: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = f"{place}: {self.field}: {self.what}" if self.field else f"{place}: {self.what}"
        if self.value:
            text += f" ({self.value})"
        text = _as_sentence(text)
        if self.expected:
            text += f" Expected: {_as_sentence(self.expected)}"
        if self.do:
            text += f" Do: {_as_sentence(self.do)}"
        return f"{text} [{self.code}]" if self.code else text


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


class TransferbuchError(Exception):
    """Base of all errors that a user can act on; carries every problem found, not only the first."""

    exit_code = EXIT_BUG

    def __init__(self, problems: Problem | Iterable[Problem]):
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self):
        return type(self), (self.problems,)


class UsageError(TransferbuchError):
    """The command line asks for something that does not exist or does not go together."""

    exit_code = EXIT_USAGE


class PersonFileError(TransferbuchError):
    """A file that a person wrote (parameters, catalogue, transfer object, notebook) is wrong."""

    exit_code = 10


class EditionsFailed(TransferbuchError):
    """Some editions could not be built; the others are published."""

    exit_code = 11


class DataRefused(TransferbuchError):
    """A table or a data package is not what it should be, or holds data about persons; nothing of it was taken over."""

    exit_code = 12


class ReleaseRefused(TransferbuchError):
    """A release gate (foreign request, path in the output, secret figure) refused the built site."""

    exit_code = 13


def gathered(errors: Sequence[TransferbuchError]) -> TransferbuchError:
    """One exception with the problems of several files that were loaded together, in their order.

    It is a DataRefused (exit 12) as soon as one of them is: data that must not be here weigh more than a file that is
    wrong, and none of the other faults is lost.
    """
    kind = DataRefused if any(isinstance(error, DataRefused) for error in errors) else PersonFileError
    return kind(problem for error in errors for problem in error.problems)

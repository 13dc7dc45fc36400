"""German search: word stems that Python writes into the index and the browser looks up there.

Sphinx brings the stemmer for the browser with it and takes the one for the index from the package snowballstemmer.
Since release 3 of that package they differ ("Schülerin"), and a word whose stems differ is never found. So both sides
are ours: the light stemmer for German by J. Savoy (CLEF 2005) with the feminine forms -in and -innen added. "ae",
"oe", "ue" and "ss" are the same as "ä", "ö", "ü" and "ß".
"""

import re
from functools import lru_cache
from pathlib import Path

from sphinx.search import SearchLanguage
from sphinx.search.de import german_stopwords

FOLDED = str.maketrans(
    {
        **dict.fromkeys("äàáâ", "a"),
        **dict.fromkeys("öòóô", "o"),
        **dict.fromkeys("üùúû", "u"),
        **dict.fromkeys("éèêë", "e"),
        "ß": "ss",
    }
)
S_ENDING = "[bdfghklmnt]"


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a German word, lower case, without umlauts; `assets/stemmer.js` takes the same steps."""
    word = word.lower().translate(FOLDED)
    word = re.sub(r"(^|[^aeq])ue", r"\1u", word.replace("ae", "a").replace("oe", "o"))
    word = re.sub(r"(er|ent|ant|ist)in(nen)?$", r"\1", word)
    word = re.sub(r"(.{3})innen$", r"\1", word)
    if len(word) > 5 and word.endswith(("ern", "ers")):
        word = word[:-3]
    elif len(word) > 4 and re.search("e[mnrs]$", word):
        word = word[:-2]
    elif len(word) > 3 and (word.endswith("e") or re.search(f"{S_ENDING}s$", word)):
        word = word[:-1]
    if len(word) > 5 and word.endswith("est"):
        return word[:-3]
    if len(word) > 4 and (re.search("e[nr]$", word) or re.search(f"{S_ENDING}st$", word)):
        return word[:-2]
    return word


class GermanSearch(SearchLanguage):
    """Sphinx's search language "de" with our stemmer on both sides and Sphinx's own list of stop words."""

    lang = "de"
    language_name = "German"
    stopwords = german_stopwords
    js_stemmer_rawcode = ""
    js_stemmer_code = (Path(__file__).parent / "assets" / "stemmer.js").read_text("utf-8")

    def split(self, input: str) -> list[str]:
        """The words of a text, each once: the index does not count them, and tables repeat theirs."""
        return list(dict.fromkeys(super().split(input)))

    def word_filter(self, word: str) -> bool:
        """Whether a word is in the index; Sphinx's own asks for Japanese letters first."""
        return word not in self.stopwords

    def stem(self, word: str) -> str:
        return stem(word)

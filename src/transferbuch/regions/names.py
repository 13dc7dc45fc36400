"""German names of regions with article and case, so that computed sentences are grammatical for every region.

Everything follows from the label of a region ("Rheinisch-Bergischer Kreis", "Landkreis Börde", "Stadt Ulm"):
the noun that names the kind gives gender and article, adjectives before it lose their strong ending after an
article ("der Rheinisch-Bergische Kreis", "im Rheinisch-Bergischen Kreis"), what comes after it never changes.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from transferbuch.regions.keys import BUND
from transferbuch.regions.register import KIND_WORD, LAENDER, Kreis

Gender = Literal["m", "f", "n", "p", ""]
Case = Literal["nominative", "genitive", "dative", "accusative"]

# "" has no article: city states, most Länder, Deutschland
_ARTICLES: dict[Gender, dict[Case, str]] = {
    "m": {"nominative": "der", "genitive": "des", "dative": "dem", "accusative": "den"},
    "f": {"nominative": "die", "genitive": "der", "dative": "der", "accusative": "die"},
    "n": {"nominative": "das", "genitive": "des", "dative": "dem", "accusative": "das"},
    "p": {"nominative": "die", "genitive": "der", "dative": "den", "accusative": "die"},
}
_CONTRACTIONS = {
    "in dem": "im", "an dem": "am", "von dem": "vom", "zu dem": "zum", "zu der": "zur", "bei dem": "beim",
}  # fmt: skip
# Adjectives before the head noun; those made of town names ("Leipziger Land") end in -er too and stay
_ADJECTIVE = re.compile(r"(isch|ober|unter|mittler)er$", re.IGNORECASE)
_LAENDER_WITH_ARTICLE = ("Saarland", "Modellland")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class RegionName:
    """The name of one region in every form that sentences, titles and file names need.

    `label` has no article and is for titles ("Landkreis Börde"); `short` leaves out the kind where it stands
    apart ("Börde") and is not unique; the four cases carry their article, in lower case: see `capitalised`.
    """

    ags: str
    label: str
    short: str
    gender: Gender

    @classmethod
    def of(cls, kreis: Kreis) -> "RegionName":
        """The name of a Kreis of the register."""
        if kreis.label == kreis.name and kreis.is_city:
            return cls(kreis.ags, kreis.label, kreis.name, "")
        head = kreis.label.split()[_head(kreis.label)].lower()
        return cls(kreis.ags, kreis.label, kreis.name, "f" if head.endswith(("stadt", "region")) else "m")

    @classmethod
    def of_land(cls, land: str) -> "RegionName":
        """The name of a Land; KeyError if there is no such Land."""
        name = LAENDER[land]
        return cls(land, name, name, "n" if name in _LAENDER_WITH_ARTICLE else "")

    @classmethod
    def of_bund(cls, fictional: bool = False) -> "RegionName":
        """The name of the whole: Deutschland, or the Modellbund around the fictional model region."""
        name = "Modellbund" if fictional else "Deutschland"
        return cls(BUND, name, name, "m" if fictional else "")

    @classmethod
    def of_group(cls, key: str, label: str) -> "RegionName":
        """The name of several Kreise that are looked at as one, a plural: "Vergleichskreise"."""
        return cls(key, label, label, "p")

    @property
    def nominative(self) -> str:
        """Who: "der Landkreis Börde", "die Stadt Ulm", "Berlin"."""
        return self._in_case("nominative")

    @property
    def genitive(self) -> str:
        """Whose: "des Landkreises Börde", "der Stadt Ulm", "Berlins"."""
        return self._in_case("genitive")

    @property
    def dative(self) -> str:
        """To whom: "dem Landkreis Börde", "der Stadt Ulm", "Berlin"."""
        return self._in_case("dative")

    @property
    def accusative(self) -> str:
        """Whom: "den Landkreis Börde", "die Stadt Ulm", "Berlin"."""
        return self._in_case("accusative")

    @property
    def locative(self) -> str:
        """Where: "im Landkreis Börde", "in der Stadt Ulm", "in Berlin"."""
        return self.after("in")

    def after(self, preposition: str) -> str:
        """The dative after a preposition, contracted where usual: "vom Ilm-Kreis", "zur Stadt Ulm"."""
        phrase = f"{preposition} {self.dative}"
        for apart, together in _CONTRACTIONS.items():
            if phrase.startswith(f"{apart} "):
                return together + phrase.removeprefix(apart)
        return phrase

    @property
    def slug(self) -> str:
        """The label in lower-case ASCII: "landkreis-boerde"; unique among the Kreise of one day."""
        return slugify(self.label)

    def _in_case(self, case: Case) -> str:
        if not self.gender:
            return _bare_genitive(self.label) if case == "genitive" else self.label
        words = self.label.split()
        head = _head(self.label)
        for i in range(head):
            if _ADJECTIVE.search(words[i]):
                words[i] = words[i][:-2] + ("e" if case == "nominative" else "en")
        if case == "genitive" and self.gender in ("m", "n"):
            words[head] += "es"
        if case == "dative" and self.gender == "p":
            words[head] += "n"
        return " ".join([_ARTICLES[self.gender][case], *words])


def capitalised(text: str) -> str:
    """`text` as the beginning of a sentence: "Im Ilm-Kreis"; only the first letter changes."""
    return text[:1].upper() + text[1:]


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by '-'; umlauts become ae, oe, ue, ss."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).lower().translate(_UMLAUTS))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")


def _head(label: str) -> int:
    """Position of the noun that carries gender and genitive ending: the first word for a kind, else 0."""
    return next((i for i, word in enumerate(label.split()) if word == "Stadt" or KIND_WORD.search(word)), 0)


def _bare_genitive(name: str) -> str:
    """Genitive without article: "Hessens"; after a hissing sound no s fits: "des Landes Rheinland-Pfalz"."""
    return f"des Landes {name}" if name.endswith(("s", "ß", "x", "z")) else f"{name}s"

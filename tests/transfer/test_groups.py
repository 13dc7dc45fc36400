"""Target groups in free words are found under the groups of the catalogue."""

import pytest

from transferbuch.transfer.groups import groups_of, load_groups


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ("Kinder im Grundschulalter, besonders aus benachteiligten Familien", ("Kinder", "Eltern und Familien")),
        ("Schülerinnen und Schüler der Abschlussklassen", ("Jugendliche",)),
        ("Bürgermeisterinnen und Bürgermeister der Gemeinden", ("Verwaltung", "Gemeinden und andere Kommunen")),
        ("Bürgerinnen und Bürger des Landkreises", ("Bürgerinnen und Bürger",)),
        ("Stiftungen, darunter Bürgerstiftungen", ("Stiftungen, Vereine, Ehrenamt",)),
        ("Fachkräfte der kommunalen Beratung für Neuzugewanderte", ("Fachkräfte",)),
        ("alle, die für das Bildungsmanagement gewonnen werden", ("Bildungsmanagement und Planung",)),
        ("Partner außerhalb der Verwaltung", ("Bildungsträger und Beratung",)),
        ("Planung der Erwachsenenbildung", ("Bildungsmanagement und Planung",)),
        ("Kammern, Agentur für Arbeit und Unternehmen", ("Wirtschaft und Arbeitsmarkt",)),
        ("Marsmenschen", ()),
    ],
)
def test_free_words_lead_to_groups(said, groups):
    assert groups_of(said) == groups


def test_no_word_leads_nowhere_because_of_a_capital_or_a_blank():
    for name, words in load_groups().items():
        assert all(word == word.casefold() and word.strip() == word and " " not in word for word in words), name

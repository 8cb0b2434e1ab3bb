"""What counts as one word, and which spellings are the same word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.search.typed import parse
from signpost.search.words import handle_of, paragraph_numbers, words_in


def texts(text: str) -> set[str]:
    return {word.text for word in words_in(text)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("s48", "section 48"),
        ("s.48", "Section 48"),
        ("para 5.43", "5.43"),
        ("A&E", "a & e"),
        ("children", "child"),
        ("Barnardo’s", "barnardos"),
        ("organized", "organised"),
        ("labor", "labour"),
        ("trafficked", "trafficking"),
        ("0800 107 7057", "08001077057"),
        ("+44 20 7735 8941", "0207 735 8941"),
        ("116000", "116 000"),
        ("gwŷr", "gwyr"),
        ("www.cfab.uk.net", "http://cfab.uk.net/"),
    ],
)
def test_spellings_of_one_thing_are_one_word(one, other):
    assert texts(one) & texts(other)


@pytest.mark.parametrize(
    ("text", "word"), [("SI 2013/554", "2013/554"), ("[2009] UKSC 8", "uksc"), ("mail ctail@nspcc.org.uk.", "ctail@nspcc.org.uk")]
)
def test_citations_and_addresses_stay_whole(text, word):
    assert word in texts(text)


@given(st.text(max_size=200))
def test_any_text_at_all_can_be_taken_apart(text):
    for word in words_in(text):
        assert 0 <= word.start < word.end <= len(text)
    parse(text)


def test_a_range_of_paragraphs_is_each_paragraph():
    assert paragraph_numbers("5.41–5.43, s45–46") == ["5.41", "5.42", "5.43", "s45", "s46"]


def test_numbers_compare_whatever_their_spacing():
    assert handle_of("+44 (0)20 7735 8941") == handle_of("0207 735 8941") == "02077358941"


def test_stop_words_rank_but_do_not_exclude():
    typed = parse("who can refer")
    assert [word.text for word in typed.words if not word.is_minor] == ["refer"]


def test_a_query_of_stop_words_alone_still_looks_for_them():
    assert [word.text for word in parse("who are you").words] == ["who", "are", "you"]


def test_minus_excludes_and_quotes_keep_words_together():
    typed = parse('-scotland "reflection period"')
    assert typed.excluded == ("scotland",)
    assert typed.phrases == (("reflect", "period"),)


def test_a_hyphen_inside_a_word_does_not_exclude():
    assert parse("re-trafficking").excluded == ()


@pytest.mark.parametrize(
    ("q", "handle"), [("0800 107", "0800107"), ("nspcc.org.uk", "nspcc.org.uk"), ("2015", ""), ("section 47", ""), ("SI 2013/554", "")]
)
def test_a_whole_query_may_be_a_number_or_an_address(q, handle):
    assert parse(q).handle == handle

"""Authors' files: what is read from them, and how each mistake is reported."""

from datetime import date

import pytest

from signpost import content
from signpost.content.files import LARGEST
from signpost.settings import ROOT
from tests.conftest import TODAY

HELPLINE = "contact/example-helpline.md"
GUIDE = "guidance/new-age-guide.md"
OLD = "guidance/old-age-guide.md"

MISTAKES = [
    (
        GUIDE,
        "topics: [age-assessment,",
        "topics: [age-assesment,",
        "9: unknown topics 'age-assesment'; the nearest known is 'age-assessment'",
    ),
    (GUIDE, "nations: [uk-wide]", "nations: [england, walse]", "5: unknown nations 'walse'; the nearest known is 'wales'"),
    (GUIDE, "status: current", "status: curent", "13: unknown status 'curent'; the nearest known is 'current'"),
    (GUIDE, "published: 2023-03", "published: March 2023", "11: bad date: 'March 2023' is not a date like 2015, 2015-03 or 2015-03-26"),
    (GUIDE, "published: 2023-03", "published: 2_23", "11: bad date: '2_23' is not a date like"),
    (GUIDE, "published: 2023-03", "published: 2023-13", "11: bad date: month must be in 1..12"),
    (GUIDE, "reviewed: 2026-11-01", "reviewed: 2027-01-01", "25: bad date: 2027-01-01 is in the future"),
    (GUIDE, "review_in: 12 months", "review_in: soon", "26: 'soon' is not a time like '12 months'"),
    (
        GUIDE,
        "https://www.example.org/age-guide",
        "www.example.org",
        "17: bad address 'www.example.org': it must begin with http:// or https://",
    ),
    (GUIDE, "publisher: Home Office\n", "", "2: the key 'publisher' is missing"),
    (GUIDE, "force: non-statutory", "forse: non-statutory", "14: unknown key 'forse'"),
    (GUIDE, "force: non-statutory", "force: act\nforce: non-statutory", "15: the key 'force' is given twice"),
    (GUIDE, "kind: guidance", "kind: toolkit", "4: kind is 'toolkit' but the file is in the folder 'guidance'"),
    (GUIDE, "topics: [age-assessment, asylum-immigration]", "topics: []", "9: topics must name at least one"),
    (GUIDE, "AAG,", "ehl,", "3: the alias 'ehl' already belongs to example-helpline"),
    (
        GUIDE,
        "supersedes: [old-age-guide]",
        "supersedes: [old-age-gide]",
        "15: there is no entry 'old-age-gide'; the nearest is 'old-age-guide'",
    ),
    (GUIDE, "/entries/example-helpline#opening-hours", "/entries/example-helplin", "32: there is no entry 'example-helplin'"),
    (GUIDE, "#opening-hours", "#closing", "32: the entry 'example-helpline' has no section '#closing'"),
    (GUIDE, "Two trained", "![a child](https://www.example.org/child.png) Two trained", "40: pictures are not shown"),
    (GUIDE, "Two trained", "<script>alert(1)</script> Two trained", "40: raw HTML is not allowed"),
    (GUIDE, "Two trained", "[Two](javascript:alert(1)) trained", "40: the address 'javascript:alert(1)' is not allowed in a link"),
    (GUIDE, "Two trained social workers. A&E staff do not assess age.\n", "", "38: the heading 'Who may assess' has no text under it"),
    (GUIDE, "## Who may assess", "# Who may assess", "38: headings in an entry begin with ##, ### or ####"),
    (GUIDE, "## Who may assess", "## Benefit of the doubt", "38: the heading 'Benefit of the doubt' stands twice"),
    (OLD, "standing: Replaced in 2023 by the age assessment guide.\n", "", "11: status is 'superseded', so standing must say"),
    (OLD, "superseded_by: [new-age-guide]", "superseded_by: []", "14: new-age-guide says that it replaced this"),
    (
        OLD,
        "http://old.example.org/age",
        "https://www.example.org/age-guide",
        "16: the address https://www.example.org/age-guide already belongs to",
    ),
    (HELPLINE, "0800 1111", "0800 11", "12: bad phone number '0800 11'"),
    (HELPLINE, "office@example.org", "office-at-example", "22: bad e-mail 'office-at-example'"),
    (HELPLINE, "    verified: null\n", "", "20: a phone number needs 'verified'"),
    (HELPLINE, "    dead: true\n", "    verified: null\n", "26: use_instead is for dead contacts: add 'dead: true'"),
    (HELPLINE, "    confidence: high\nreviewed", "reviewed", "28: say the confidence: high, medium, low"),
    (HELPLINE, "title: Example helpline", "title: [", "the front matter is not YAML"),
    (HELPLINE, "title: Example helpline", "title: &a Example\npublisher2: *a", "write it out: '*' references are not allowed"),
]


def test_the_real_content_has_no_problems():
    library = content.load(ROOT / "content", date.today())
    assert [str(problem) for problem in library.problems] == []


def test_the_template_is_itself_a_valid_entry(written):
    text = (ROOT / "content" / "_template.md").read_text(encoding="utf-8")
    text = text.replace("/entries/national-referral-mechanism", "/entries/example-helpline")
    (written / "entries" / "guidance" / "from-template.md").write_text(text, encoding="utf-8")
    assert content.load(written, TODAY).problems == []


@pytest.mark.parametrize(("file", "right", "wrong", "message"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_named_with_its_line(written, file, right, wrong, message):
    path = written / "entries" / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    problems = [str(problem) for problem in content.load(written, TODAY).problems]
    assert any(message in problem for problem in problems), problems


def test_all_problems_of_all_files_are_told_at_once(written):
    for file in (GUIDE, HELPLINE):
        path = written / "entries" / file
        path.write_text(path.read_text(encoding="utf-8").replace("status: current", "status: lost"), encoding="utf-8")
    assert {problem.path for problem in content.load(written, TODAY).problems} == {
        f"content/entries/{GUIDE}",
        f"content/entries/{HELPLINE}",
    }


def test_two_files_of_one_name_are_a_problem(written):
    text = (written / "entries" / GUIDE).read_text(encoding="utf-8")
    (written / "entries" / "contact" / "new-age-guide.md").write_text(text, encoding="utf-8")
    assert any("is already used by" in problem.message for problem in content.load(written, TODAY).problems)


def test_an_entry_without_a_summary_is_a_problem(written):
    path = written / "entries" / HELPLINE
    path.write_text(path.read_text(encoding="utf-8").split("---\nA helpline")[0] + "---\n", encoding="utf-8")
    assert any("there is no summary" in problem.message for problem in content.load(written, TODAY).problems)


def test_a_file_that_does_not_begin_with_front_matter_is_a_problem(written):
    (written / "entries" / "contact" / "bare.md").write_text("Hello", encoding="utf-8")
    assert any("must begin with a line '---'" in problem.message for problem in content.load(written, TODAY).problems)


BOMB = "a: &a [x, x]\n" + "".join(f"{chr(n + 1)}: &{chr(n + 1)} [*{chr(n)}, *{chr(n)}]\n" for n in range(ord("a"), ord("z")))


@pytest.mark.parametrize(
    ("front", "message"),
    [
        (BOMB, "3: the front matter is not YAML: write it out: '*' references are not allowed"),
        ("a: " + "[" * 100_000, "2: the front matter is not YAML: more than 12 lists within one another"),
        ("a: !!python/object/apply:os.system [true]", "2: the front matter is not YAML: put it in quotes: '!' types are not allowed"),
        ("a: !!int ''", "2: the front matter is not YAML: put it in quotes: '!' types are not allowed"),
        ("a: \x00", "line 2 holds a control character (U+0000); delete it"),
    ],
    ids=["alias bomb", "deep nesting", "a call", "a type", "a null"],
)
def test_yaml_that_would_harm_a_machine_is_a_problem_like_any_other(written, front, message):
    (written / "entries" / "contact" / "bomb.md").write_text(f"---\n{front}\n---\nA summary.\n", encoding="utf-8")
    problems = [str(problem) for problem in content.load(written, TODAY).problems]
    assert any(message in problem for problem in problems), problems


def test_a_file_that_cannot_be_read_is_a_problem_like_any_other(written):
    contacts = written / "entries" / "contact"
    (contacts / "huge.md").write_text("---\n" + "a" * LARGEST, encoding="utf-8")
    (contacts / "latin.md").write_bytes(b"---\ntitle: caf\xe9\n---\n")
    (contacts / "folder.md").mkdir()
    problems = {problem.path.rpartition("/")[2]: problem.message for problem in content.load(written, TODAY).problems}
    assert "larger than 1,000,000 bytes" in problems["huge.md"]
    assert "is not UTF-8 text" in problems["latin.md"]
    assert "cannot be read" in problems["folder.md"]


def test_a_guide_that_cannot_be_read_is_a_problem_like_any_other(written):
    for spoilt in (b"\xff", b"- id: \x00", b"- "):
        written.joinpath("comparison.yaml").write_bytes(spoilt)
        assert [problem.path for problem in content.load(written, TODAY).problems] == ["content/comparison.yaml"]


def test_uk_wide_is_all_four_nations(library):
    assert library.entries["example-helpline"].nations == ("england", "scotland", "wales", "northern-ireland")


def test_all_audiences_are_all_professionals(library):
    assert "fire" in library.entries["draft-care-guidance"].audiences
    assert "children-families" not in library.entries["draft-care-guidance"].audiences


def test_a_section_has_its_heading_anchor_paragraphs_and_text(library):
    section = library.entries["new-age-guide"].sections[0]
    assert (section.heading, section.anchor, section.paragraphs) == ("Benefit of the doubt", "benefit-of-the-doubt", "5.41–5.43")
    assert section.text.startswith("Treat the young person as a child")
    assert "Two &amp; three &lt; four" in section.html


def test_dates_and_numbers_stay_what_the_author_wrote(library):
    assert library.entries["old-age-guide"].published == "2012"
    assert library.entries["example-helpline"].contacts[0].phone == "0800 1111"


def test_a_broken_vocabulary_names_its_file(written):
    (written / "vocabulary" / "topics.yaml").write_text("- id: x\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"topics\.yaml"):
        content.load(written, TODAY)


def test_raw_html_is_escaped_even_in_a_file_that_has_problems(written):
    path = written / "entries" / GUIDE
    path.write_text(path.read_text(encoding="utf-8").replace("Two trained", "<script>x</script> Two trained"), encoding="utf-8")
    html = content.load(written, TODAY).entries["new-age-guide"].sections[1].html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("old-age-guide]", "old-age-gide]", "content/comparison.yaml:6: there is no entry 'old-age-gide'"),
        ("#who-may-assess", "#who", "content/comparison.yaml:6: the entry 'new-age-guide' has no section '#who'"),
        ("question:", "querstion:", "content/comparison.yaml:3: unknown key 'querstion'"),
        ("- id: age", "- id: [", "content/comparison.yaml:3: this is not YAML"),
    ],
)
def test_a_mistake_in_the_comparison_is_named_with_its_line(written, right, wrong, message):
    path = written / "comparison.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    problems = [str(problem) for problem in content.load(written, TODAY).problems]
    assert any(problem.startswith(message) for problem in problems), problems


@pytest.mark.parametrize(
    ("excuse", "message"),
    [
        ("- {pattern: 'https://a.example/*', reason: '', who: A, expires: 2027-01-31}", "1: an excuse needs its reason"),
        ("- pattern: https://a.example/*\n  reason: members\n  who: A\n  expires: 2027-01", "4: bad date '2027-01'"),
        ("- {pattern: 'https://a.example/*', reason: members, who: A}", "the key 'expires' is missing"),
    ],
)
def test_an_excuse_for_a_link_says_why_who_and_until_which_day(written, excuse, message):
    written.joinpath("link_exceptions.yaml").write_text(excuse, encoding="utf-8")
    problems = [str(problem) for problem in content.load(written, TODAY).problems]
    assert any(problem.startswith("content/link_exceptions.yaml:") and message in problem for problem in problems), problems


def test_each_use_of_an_address_knows_its_line_and_section(library, written):
    for entry in library.entries.values():
        lines = (written.parent / entry.path).read_text(encoding="utf-8").splitlines()
        for use in entry.citations:
            assert use.url in lines[use.line - 1], use
    contact = next(use for use in library.entries["example-helpline"].citations if use.where == "contact")
    assert contact.shows, "the number that the page is evidence for"

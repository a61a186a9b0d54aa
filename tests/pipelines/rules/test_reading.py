"""Rule files: the shipped one is right, a broken one is refused with file, line, key and remedy."""

import re
from importlib.resources import files

import pytest

from pipelines.rules import durations
from pipelines.rules.errors import RuleError
from pipelines.rules.model import BUILT_IN
from pipelines.rules.reading import KINDS, SHIPPED, load, warnings

GOOD = """\
[detector.gap]
threshold = "45m"

[[behaviour]]
name = "crawling"
while = "sog_kn < 3"
for = "1h30m"
source = "a test"

[[rule]]
id = "crawling-anywhere"
on = "crawling"
severity = "minor"
summary = "{name} crawls"
why = "a test"

[[rule]]
id = "gap-by-night"
on = ["gap", "sighting"]
class = "interest"
severity = "moderate"
where = "night"
summary = "{name}: {kind}"
why = "a test"
"""


@pytest.fixture
def rules(tmp_path):
    """Return a writer of rule files."""

    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def refused(path):
    with pytest.raises(RuleError) as caught:
        load(path)
    return caught.value


def test_a_good_file_is_read_whole(rules):
    ruleset = load(rules(GOOD))
    assert ruleset.detectors.gap.threshold_us == 45 * 60 * 1_000_000
    (crawling,) = ruleset.behaviours
    assert (crawling.name, crawling.for_us, crawling.keep_for_us) == ("crawling", 5_400_000_000, 0)
    assert crawling.max_silence_us == 30 * 60 * 1_000_000
    *_, anywhere, by_night = ruleset.rules
    assert (anywhere.on, anywhere.where, anywhere.alert_class) == (("crawling",), None, "interest")
    assert by_night.where.columns == ("night",)


def test_an_empty_file_has_no_rules(rules):
    ruleset = load(rules(""))
    assert (ruleset.behaviours, [rule.id for rule in ruleset.rules]) == ((), list(BUILT_IN))
    assert ruleset.detectors.sighting.unheard_us == 24 * 3600 * 1_000_000


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('severity = "minor"', 'severity = "modrate"', 13, "did you mean 'moderate'?"),
        ('class = "interest"', 'class = "danger"', 20, "'distress', 'safety', 'interest'"),
        ('severity = "minor"', 'severty = "minor"', 13, "no such key (did you mean 'severity'?)"),
        ('summary = "{name} crawls"\n', "", 10, "the key 'summary' is missing"),
        ('summary = "{name} crawls"', 'summary = "{nam} crawls"', 14, "there is no word {nam} (did you mean 'name'?)"),
        ('summary = "{name} crawls"', 'summary = "{name.__class__} crawls"', 14, "there is no word {name.__class__}"),
        ('summary = "{name} crawls"', 'summary = "{{7*7}} crawls"', 14, "there is no word {7*7}"),
        ('summary = "{name} crawls"', 'summary = "{name crawls"', 14, "a brace stands alone"),
        ('for = "1h30m"', 'for = "90"', 7, "write for instance '90s'"),
        ('for = "1h30m"', "for = 90", 7, "in quotes"),
        ('while = "sog_kn < 3"', 'while = "sgo_kn < 3"', 6, "column 1: there is no column 'sgo_kn'"),
        ('while = "sog_kn < 3"', 'while = "sog_kn < now()"', 6, "column 10: the function now"),
        ('while = "sog_kn < 3"', "while = true", 6, "put it in quotes"),
        ('where = "night"', 'where = "in_port"', 22, "there is no column 'in_port'"),
        ('on = "crawling"', 'on = "crawlin"', 12, "nothing makes 'crawlin' (did you mean 'crawling'?)"),
        ('id = "gap-by-night"', 'id = "crawling-anywhere"', 18, "given twice"),
        ('id = "gap-by-night"', 'id = "Gap by night"', 18, "small letters"),
        ('name = "crawling"', 'name = "gap"', 5, "voi makes itself"),
        ('source = "a test"', 'source = ""', 8, "at least 1 character"),
        ("[detector.gap]", "[detector.gaps]", 1, "no such key (did you mean 'gap'?)"),
        ('threshold = "45m"', 'treshold = "45m"', 2, "did you mean 'threshold'?"),
        ('[[rule]]\nid = "gap', '[[rules]]\nid = "gap', 17, "did you mean 'rule'?"),
        ('on = "crawling"', "on = []", 12, "at least 1 item"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_line_and_remedy(rules, old, new, line, says):
    assert old in GOOD
    error = refused(rules(GOOD.replace(old, new, 1)))
    finding = next(finding for finding in error.findings if says in finding.problem)
    assert finding.line == line
    assert finding.file.endswith("mine.toml")
    assert f"mine.toml, line {line}, " in str(error)


def test_a_finding_names_the_rule_and_the_key(rules):
    error = refused(rules(GOOD.replace('severity = "minor"', 'severity = "modrate"')))
    assert [finding.where for finding in error.findings] == ["rule 'crawling-anywhere', key severity"]
    error = refused(rules(GOOD.replace("sog_kn < 3", "sog_kn < count(*)")))
    assert [finding.where for finding in error.findings] == ["behaviour 'crawling', key while"]


def test_all_faults_are_told_at_once(rules):
    text = (
        GOOD.replace('"minor"', '"modrate"')
        .replace("sog_kn < 3", "sog_kn <")
        .replace('where = "night"', 'where = "nigt"')
    )
    assert [finding.line for finding in refused(rules(text)).findings] == [6, 13, 22]


def test_broken_syntax_is_told_with_its_line(rules):
    message = str(refused(rules(GOOD.replace("[[behaviour]]", "[[behaviour]"))))
    assert re.search(r"mine\.toml: is not valid TOML: .*line 4", message)


@pytest.mark.parametrize(
    "text", ["rule = 3", "rule = [3]", 'behaviour = "x"', "detector = 1", "[[rule]]\non = 3", "[rule]\nid = 1"]
)
def test_a_file_of_another_shape_is_refused_and_not_stumbled_over(rules, text):
    assert refused(rules(text)).findings


def test_a_missing_or_unreadable_file_is_refused_by_name(tmp_path, rules):
    assert "none.toml: cannot be read" in str(refused(tmp_path / "none.toml"))
    path = rules("")
    path.write_bytes(b"\xff\xfe")
    assert "mine.toml: cannot be read" in str(refused(path))


def test_a_header_inside_a_long_text_does_not_shift_lines(rules):
    text = GOOD.replace('why = "a test"', 'why = """\n[[rule]]\nseverity = 1\n"""', 1).replace(
        '"moderate"', '"modrate"'
    )
    assert [finding.line for finding in refused(rules(text)).findings] == [24]


def test_a_doubtful_negation_is_a_warning_with_its_line(rules):
    path = rules(GOOD.replace("sog_kn < 3", "sog_kn < 3 and nav_status <> 1"))
    (warning,) = warnings(path)
    assert (warning.level, warning.line) == ("warning", 6)
    assert "coalesce(nav_status, …)" in warning.problem


def test_the_version_follows_the_content_and_not_the_layout(rules):
    first = load(rules(GOOD)).rules
    laid_out = "# a comment\n" + GOOD.replace(" = ", "  =  ").replace('"night"', '"""\nnight\n"""')
    assert [rule.version for rule in load(rules(laid_out)).rules] == [rule.version for rule in first]
    assert load(rules(GOOD.replace("{name} crawls", "{name} creeps"))).rules[-2].version != first[-2].version


def test_a_behaviour_measures_what_its_condition_reads():
    loitering, drifting = load().behaviours
    assert loitering.reads == ("sog_kn", "nav_status")
    assert loitering.limits == {"sog_below_kn": 2.0}
    assert drifting.reads == ("sog_kn", "nav_status", "cog_heading_deg")
    assert drifting.limits["cog_heading_at_most_deg"] == 135.0


def test_the_rules_about_distress_hold_with_every_file(rules):
    shipped = {rule.id: rule for rule in load().rules}
    assert load(rules(GOOD)).rules[:2] == (shipped["distress"], shipped["distress-test"])


@pytest.mark.parametrize("change", [('"extreme"', '"minor"'), ('"not test"', '"mmsi = 1"')])
def test_a_rule_about_distress_cannot_be_weakened(rules, change):
    text = files("zones").joinpath("data", SHIPPED).read_text("utf-8")
    with pytest.raises(RuleError, match=r"rule 'distress'.*built in.*with another id"):
        load(rules(text.replace(*change)))


def test_a_copy_of_the_shipped_file_is_the_shipped_rules(rules):
    text = files("zones").joinpath("data", SHIPPED).read_text("utf-8")
    assert load(rules(text)).version == load().version


def test_more_may_be_told_of_distress_under_another_id(rules):
    more = '[[rule]]\nid = "help"\non = "distress"\nseverity = "severe"\nsummary = "{name}"\nwhy = "a test"\n'
    assert [rule.id for rule in load(rules(more)).rules] == [*BUILT_IN, "help"]


def test_the_shipped_rules_are_right_and_without_doubt():
    assert warnings() == []


def test_the_shipped_rules_hear_every_kind_that_should_alert():
    heard = {kind for rule in load().rules for kind in rule.on}
    assert heard == {*KINDS, "loitering", "drifting"}
    assert {rule.id: rule.severity for rule in load().rules}["distress"] == "extreme"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("20m", 1200), ("2h", 7200), ("1h30m", 5400), ("7d", 604_800), ("1d2h3m4s", 93_784)],
)
def test_durations_are_read_as_written(text, seconds):
    assert durations.parse(text) == seconds * 1_000_000


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "-2h", "1.5h", "30m1h", "2H", 7200, None, "\u0662h"])
def test_other_durations_are_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        durations.parse(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (40, "40 s"), (90, "1 min"), (7500, "2 h 5 min"), (93_784, "1 d 2 h"), (3600, "1 h")],
)
def test_durations_are_spoken_in_two_units_at_most(seconds, words):
    assert durations.spoken(seconds) == words

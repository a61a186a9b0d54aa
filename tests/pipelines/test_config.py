"""Settings: flag before environment before file before default, and errors that say what to do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.config import ConfigError, Settings, resolve, variable


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder, text):
    path = folder / "voi.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_any_word_the_defaults_hold(folder):
    resolved = resolve({}, {})
    assert resolved.settings == Settings()
    assert set(resolved.origins.values()) == {"default"}


def test_the_file_of_the_working_folder_is_read(folder):
    written(folder, 'log_level = "error"\n')
    resolved = resolve({}, {})
    assert resolved.settings.log_level == "error"
    assert resolved.origins["log_level"] == "voi.toml"


def test_the_environment_wins_over_the_file(folder):
    written(folder, "flush_rows = 5\n")
    resolved = resolve({}, {"VOI_FLUSH_ROWS": "7"})
    assert (resolved.settings.flush_rows, resolved.origins["flush_rows"]) == (7, "VOI_FLUSH_ROWS")


def test_a_flag_wins_over_the_environment(folder):
    resolved = resolve({"flush_rows": 9}, {"VOI_FLUSH_ROWS": "7"})
    assert (resolved.settings.flush_rows, resolved.origins["flush_rows"]) == (9, "flag")


def test_a_flag_that_was_not_given_hides_nothing(folder):
    assert resolve({"store": None}, {"VOI_STORE": "sea"}).settings.store == Path("sea")


@given(
    st.fixed_dictionaries({}, optional={key: st.integers(1, 10**6) for key in ("flag", "environment", "file")}),
)
def test_the_nearest_layer_always_wins(tmp_path_factory, layers):
    folder = tmp_path_factory.mktemp("settings")
    file = written(folder, f"disorder_s = {layers['file']}\n" if "file" in layers else "")
    environment = {"VOI_DISORDER_S": str(layers["environment"])} if "environment" in layers else {}
    settings = resolve({"disorder_s": layers.get("flag")}, environment, file).settings
    nearest = next((layers[name] for name in ("flag", "environment", "file") if name in layers), 60)
    assert settings.disorder_s == nearest


def test_relative_paths_of_a_file_start_at_its_folder(folder):
    (folder / "conf").mkdir()
    file = written(folder / "conf", 'store = "data"\nrules = "/b.toml"\n')
    settings = resolve({}, {}, file).settings
    assert settings.store == folder / "conf" / "data"
    assert settings.rules == Path("/b.toml")


def test_an_unknown_key_is_refused_with_line_and_nearest_key(folder):
    file = written(folder, '# ours\nstore = "x"\nflush_row = 5\n')
    with pytest.raises(ConfigError, match=rf"{file}:3: unknown setting 'flush_row'; did you mean 'flush_rows'\?"):
        resolve({}, {}, file)


def test_a_key_like_no_other_is_refused_with_the_way_to_the_list(folder):
    with pytest.raises(ConfigError, match="voi settings"):
        resolve({}, {}, written(folder, "[[weather]]\nx = 1\n"))


def test_a_wrong_value_in_the_file_is_named_with_its_line(folder):
    file = written(folder, '\nflush_rows = "many"\n')
    with pytest.raises(ConfigError, match=rf"{file}:2: flush_rows = 'many'.*integer"):
        resolve({}, {}, file)


def test_a_wrong_value_in_the_environment_is_named_with_its_variable(folder):
    with pytest.raises(ConfigError, match="VOI_MAX_REJECT: max_reject = '101'"):
        resolve({}, {"VOI_MAX_REJECT": "101"})


def test_a_wrong_value_of_a_flag_is_named_with_the_flag(folder):
    with pytest.raises(ConfigError, match="--flush-rows: flush_rows = 0"):
        resolve({"flush_rows": 0}, {})


def test_a_misspelt_variable_is_refused_with_the_right_one(folder):
    with pytest.raises(ConfigError, match="VOI_STROE; did you mean VOI_STORE"):
        resolve({}, {"VOI_STROE": "sea"})


def test_variables_of_others_are_left_alone(folder):
    assert resolve({}, {"VOI_TEST_DATA": "x", "VOI_REQUIRE_ALL": "1", "HOME": "/"}).settings == Settings()


def test_broken_toml_is_refused_with_its_place(folder):
    with pytest.raises(ConfigError, match=r"voi\.toml: not valid TOML: .*line 1"):
        resolve({}, {}, written(folder, "store = \n"))


def test_a_settings_file_that_is_not_there_is_refused(folder):
    with pytest.raises(ConfigError, match="no such settings file"):
        resolve({}, {"VOI_CONFIG": "elsewhere.toml"})


def test_a_folder_where_the_settings_file_should_be_is_refused(folder):
    (folder / "voi.toml").mkdir()
    with pytest.raises(ConfigError, match=r"voi\.toml: .*no file"):
        resolve({}, {})


def test_every_setting_has_a_meaning_and_a_variable():
    for key, field in Settings.model_fields.items():
        assert field.description
        assert variable(key) == f"VOI_{key.upper()}"

import pytest

from pipelines.errors import PipelineError
from pipelines.feeds.secret import secret


def test_a_secret_stands_in_the_environment_or_in_a_file_that_it_names(monkeypatch, tmp_path):
    assert secret("VOI_TEST_KEY") is None
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("VOI_TEST_KEY_FILE", str(tmp_path / "key"))
    assert secret("VOI_TEST_KEY") == "from a file"
    monkeypatch.setenv("VOI_TEST_KEY", " typed ")
    assert secret("VOI_TEST_KEY") == "typed"


def test_a_file_that_cannot_be_read_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("VOI_TEST_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(PipelineError, match="VOI_TEST_KEY_FILE"):
        secret("VOI_TEST_KEY")

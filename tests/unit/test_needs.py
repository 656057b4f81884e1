import needs
import pytest


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setitem(needs.PROGRAMS, "java", ("no-such-program",))


def test_a_missing_program_skips_with_its_reason(absent, monkeypatch):
    monkeypatch.setenv("AUDIT_REQUIRE", "chromium")
    mark = needs.needs("java").mark
    assert mark.args == (True,)
    assert mark.kwargs == {"reason": "java is not installed"}


def test_a_missing_program_fails_where_it_is_required(absent, monkeypatch):
    monkeypatch.setenv("AUDIT_REQUIRE", "chromium, java")
    with pytest.raises(pytest.fail.Exception, match="AUDIT_REQUIRE names java"):
        needs.needs("java")


def test_a_program_that_is_there_runs(monkeypatch):
    monkeypatch.setitem(needs.PROGRAMS, "java", ("python3", "sh", "cmd"))
    assert needs.needs("java").mark.args == (False,)

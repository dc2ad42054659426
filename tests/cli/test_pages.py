"""The pages that can go stale."""

import re
import runpy
from pathlib import Path

import pytest

from byheart.base.settings import PERSONA_PROMPT, Settings
from byheart.base.tables import metadata

ROOT = Path(__file__).parents[2]


def test_the_command_line_page_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    script = runpy.run_path(str(ROOT / "docs" / "generate_cli.py"))
    current = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert script["page"]() == current, "docs/cli.md is stale: run `python docs/generate_cli.py`"


def test_the_settings_page_names_every_setting_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.+?) \|", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE
    )
    assert [name for name, _ in rows] == list(Settings.model_fields)
    for name, default in rows:
        value = Settings.model_fields[name].get_default(call_default_factory=True)
        if name == "persona_prompt":
            assert value == PERSONA_PROMPT
        elif default == "none":
            assert not value
        elif name != "threads":
            assert default == f"`{value}`"


def test_the_records_page_names_every_table_and_column() -> None:
    page = (ROOT / "docs" / "records.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (.+)\n([^#]*)", page, re.MULTILINE))
    for table in metadata.sorted_tables:
        (body,) = [body for title, body in sections.items() if table.name in title.split(" and ")]
        missing = [column.name for column in table.columns if f"`{column.name}`" not in body]
        assert missing == [], table.name


def test_every_exit_code_of_an_error_is_in_the_install_page() -> None:
    page = (ROOT / "docs" / "install.md").read_text("utf-8")
    assert re.findall(r"^\| (\d+) \|", page, re.MULTILINE) == ["0", "1", "2", "3", "4", "5", "6", "130"]

"""Every setting is declared whole: form, flag, help page and check grow from the declaration."""

from __future__ import annotations

import pytest

from backend_core.kernel.settings import SETTINGS, Setting

each_setting = pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)


@each_setting
def test_a_setting_is_explained_in_a_sentence(setting: Setting):
    assert setting.help.endswith("."), setting.help
    assert len(setting.help.split()) >= 3


@each_setting
def test_a_number_has_bounds_that_hold_its_default(setting: Setting):
    if setting.kind in (int, float):
        assert setting.low is not None
        assert setting.high is not None
        assert isinstance(setting.default, int | float)
        assert setting.low <= setting.default <= setting.high


@each_setting
def test_a_default_passes_its_own_check(setting: Setting):
    assert setting.check(setting.default, setting.name) == setting.default


@each_setting
def test_a_name_that_carries_a_unit_says_the_same_as_its_unit(setting: Setting):
    for ending, unit in {"_s": "s", "_percent": "%", "_days": "days", "_ms": "ms"}.items():
        if setting.key.endswith(ending):
            assert setting.unit == unit


def test_no_setting_is_declared_twice():
    names = [setting.name for setting in SETTINGS]
    variables = [variable for setting in SETTINGS for variable in setting.variables]
    assert len(set(names)) == len(names)
    assert len(set(variables)) == len(variables)

"""Reading a list of smart switches from a file that people made."""

from backend_core.kernel.identities import device_named
from backend_core.outages.model import Finding, SmartSwitch
from backend_core.outages.rules.csv_list import read_rows
from backend_core.outages.rules.registry import complaints, plan_import

HOUSE = SmartSwitch("house", "192.0.2.1")


def plan(text: str | bytes, existing=(HOUSE,)):
    return plan_import(read_rows(text.encode() if isinstance(text, str) else text), existing)


def test_new_changed_and_equal_lines_are_told_apart():
    found = plan("name,address,active\nbarn,192.0.2.2,true\nhouse,192.0.2.9,true\n")
    assert found.is_clean
    assert found.added == (SmartSwitch("barn", "192.0.2.2"),)
    assert found.changed == (SmartSwitch("house", "192.0.2.9"),)
    assert plan("name,address\nhouse,192.0.2.1\n").unchanged == 1


def test_active_may_be_said_in_several_ways_and_left_out():
    found = plan("name,address,active\na,h1,no\nb,h2,\nc,h3,1\nd,h4\n")
    assert [s.active for s in found.added] == [False, True, True, True]


def test_every_wrong_line_is_named():
    found = plan("name,address,active\nbad\tname,h1,true\nb,file:///x,true\nc,h3,perhaps\nd,h4,true\nd,h5,true\n")
    assert [f.line for f in found.findings] == [2, 3, 4, 6]
    assert "stands already in line 5" in found.findings[-1].text


def test_a_place_is_called_as_people_call_it():
    found = plan("name,address\nMaple Street 12,h1\nŽižkov,h2\n")
    assert found.is_clean
    assert [device_named(s.name) for s in found.added] == ["Maple_Street_12", "_i_kov"]


def test_two_names_never_share_their_points():
    street, other = SmartSwitch("Maple Street", "h1"), "Maple_Street"
    (in_one_file,) = plan(f"name,address\n{street.name},h1\n{other},h2\n").findings
    (beside_a_known_one,) = plan(f"name,address\n{other},h2\n", (street,)).findings
    assert in_one_file.line == 3
    assert in_one_file.text.startswith("'Maple_Street' and 'Maple Street' would share")
    assert beside_a_known_one.text == in_one_file.text
    assert plan(f"name,address\n{street.name},h3\n", (street,)).is_clean


def test_columns_stand_in_any_order_and_semicolons_and_byte_order_marks_are_fine():
    found = plan("\ufeffactive;address;name\r\nfalse;192.0.2.7:8080;barn\r\n".encode())
    assert found.added == (SmartSwitch("barn", "192.0.2.7:8080", active=False),)


def test_hostile_files_give_findings_not_crashes():
    unclosed, too_wide = b'name,address\n"a,b\nc', b"name,address\na,b,c,d"
    for content in (b"", b"\xff\xfe\x00n", b"name,address\n\0", b"hello", unclosed, too_wide):
        assert not plan(content).is_clean


def test_a_file_beyond_all_reason_is_refused():
    assert "8 MiB" in plan(b"x" * (8 * 1024 * 1024 + 1)).findings[0].text
    assert not plan("name,address\n" + "a,b\n" * 20_001).is_clean


def test_a_long_wrong_name_is_shown_short():
    (finding,) = complaints(SmartSwitch("x" * 500, "host"))
    assert isinstance(finding, Finding)
    assert len(finding.text) < 200

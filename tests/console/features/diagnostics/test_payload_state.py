"""Foreign bytes are shown, never obeyed."""

from hypothesis import given
from hypothesis import strategies as st

from console.features.diagnostics.payload_state import laid_out, readable


def test_bytes_that_are_no_text_are_written_out():
    assert readable(b"\xff\xfeok") == r"\xff\xfeok"


def test_what_cannot_be_seen_is_written_out():
    assert readable("a\x00b\u200bc\u202ed\x1b[31m".encode()) == r"a\x00b\u200bc\u202ed\x1b[31m"


def test_line_breaks_and_other_writings_stay():
    assert readable("Höhe\n\t東京 ≥ 3 °C".encode()) == "Höhe\n\t東京 ≥ 3 °C"


def test_markup_stays_text():
    assert readable(b"<b>bold</b>") == "<b>bold</b>"


def test_json_gets_one_value_a_line_and_anything_else_stays_as_it_came():
    assert laid_out(b'{"a":1,"b":"x"}') == '{\n  "a": 1,\n  "b": "x"\n}'
    assert laid_out(b'{"a":') == '{"a":'


def test_a_payload_beyond_the_bound_is_cut():
    assert len(readable(b"x" * 100_000)) == 65_536


@given(st.binary(max_size=300))
def test_showing_never_fails_and_leaves_nothing_hidden(payload):
    for shown in (readable(payload), laid_out(payload)):
        assert all(
            character.isprintable() or character in "\n\t\u00a0\u3000" or character.isspace() for character in shown
        )
        assert "\x00" not in shown


def test_deeply_nested_json_is_shown_as_it_came():
    deep = b"[" * 30_000
    assert laid_out(deep) == deep.decode()

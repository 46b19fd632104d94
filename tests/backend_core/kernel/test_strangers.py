"""A word of a newer program is kept as it is, equal to nothing that is known, and shown as what it is."""

import pytest

from backend_core.alarms.model import Base, Level, Side
from backend_core.kernel.strangers import is_stranger, read_word, told


@pytest.mark.parametrize("member", [*Level, *Side, *Base])
def test_a_known_word_is_the_member_itself(member: Level | Side | Base):
    assert read_word(type(member), member.value) is member
    assert not is_stranger(member)


def test_a_stranger_carries_its_word_and_is_no_member():
    stranger = read_word(Level, "ROC")
    assert (stranger.value, str(stranger), told(stranger)) == ("ROC", "ROC", "type ROC (newer version)")
    assert is_stranger(stranger)
    assert stranger == read_word(Level, "ROC")
    assert stranger not in set(Level)
    assert (stranger.side, stranger.rank) == (Side.HIGH, 1)


def test_reading_one_teaches_the_vocabulary_nothing():
    read_word(Level, "ROC")
    with pytest.raises(ValueError, match="ROC"):
        Level("ROC")

"""Which addresses a smart switch may have."""

import pytest

from backend_core.outages.model import Address
from backend_core.outages.rules.address import is_local_host, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.168.1.20", Address("http", "192.168.1.20", 80)),
        ("plug-7.local:8080", Address("http", "plug-7.local", 8080)),
        ("https://plug.example/relay/0?x=1", Address("https", "plug.example", 443, "/relay/0?x=1")),
        ("HTTP://Plug", Address("http", "plug", 80)),
        ("fe00::1", Address("http", "fe00::1", 80)),
        ("[fe00::1]:81", Address("http", "fe00::1", 81)),
        (" 127.0.0.1:8101 ", Address("http", "127.0.0.1", 8101)),
    ],
)
def test_a_host_a_host_with_port_and_a_url_are_addresses(text, address):
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "two words",
        "http://",
        "file:///etc/passwd",
        "ftp://host",
        "host:99999",
        "host:0",
        "host:abc",
        "http://anna:secret@host",
        "999.1.1.1",
        "1.2.3",
        "-bad-.example",
        "a..b",
        "http://h/\r\nX: y",
        "h" * 300,
        "169.254.169.254",
        "http://[::ffff:169.254.169.254]/",
        "224.0.0.1",
        "0.0.0.0",
        "hôte",
    ],
)
def test_anything_else_is_refused_in_a_sentence(text):
    complaint = parse_address(text)
    assert isinstance(complaint, str)
    assert complaint.endswith((".", "…"))


def test_only_this_very_computer_is_local():
    assert is_local_host("localhost")
    assert is_local_host("127.44.0.9")
    assert is_local_host("::1")
    assert not is_local_host("192.168.1.1")
    assert not is_local_host("plug.local")

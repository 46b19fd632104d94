"""Reading HTTP replies that may be anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.outages.http_reply import MAX_BYTES, HttpReply


def reply_of(*chunks: bytes) -> HttpReply:
    reply = HttpReply()
    for chunk in chunks:
        reply.take(chunk)
    return reply


def test_the_status_is_known_with_the_first_line():
    reply = reply_of(b"HTT", b"P/1.1 50", b"0 Oh no\r\n")
    assert reply.status == 500
    assert reply.has_answered
    assert not reply.is_complete


@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-x\r\n", b"HTTP/1.1 banana\r\n", b"\x00\x01\x02", b"HTTP/1.1 999 x\n", b"H" * 2000]
)
def test_what_is_not_http_is_called_garbage(garbage):
    assert reply_of(garbage, b"").is_garbage


def test_a_body_is_complete_with_its_length():
    reply = reply_of(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
    assert not reply.is_complete
    assert reply.body() is None
    reply.take(b"lo and more")
    assert reply.body() == b"hello"


def test_chunks_are_joined():
    reply = reply_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=1\r\nlo\r\n0\r\n\r\n")
    assert reply.body() == b"hello"


@pytest.mark.parametrize("chunks", [b"zz\r\nhel", b"ffffff\r\nx\r\n0\r\n\r\n", b"-1\r\n0\r\n\r\n"])
def test_chunks_that_lie_give_no_body(chunks):
    assert reply_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, b"").body() is None


def test_a_body_without_end_is_cut_off_and_not_used():
    reply = reply_of(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 16_384] * 10)
    assert reply.is_full
    assert reply.body() is None
    assert len(reply._received) == MAX_BYTES


@given(st.lists(st.binary(max_size=200), max_size=8), st.booleans())
def test_no_bytes_whatever_make_it_raise(chunks, http):
    reply = reply_of(*([b"HTTP/1.1 200 OK\r\n"] if http else []), *chunks, b"")
    assert reply.is_complete
    reply.body()
    reply.header(b"location")

"""Probing real sockets on loopback: polite ones, dead ones and hostile ones."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backend_core.kernel.clock import SystemClock
from backend_core.outages.http_probe import HttpProbe, probes_at_once
from backend_core.outages.model import ProbeAnswer, ProbeError, ProbeLimits, SmartSwitch
from tests.support.processes import free_port

HASTY = ProbeLimits(timeout_s=0.6, connect_timeout_s=0.3)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
SHELLY = json.dumps(
    {
        "ble": {},
        "switch:0": {
            "output": True,
            "apower": 57.5,
            "voltage": 231.2,
            "current": 0.251,
            "pf": 0.99,
            "freq": 50.01,
            "aenergy": {"total": 1.0},
            "temperature": {"tC": 44.5, "tF": 112.1},
        },
        "switch:1": {"voltage": 230.9, "apower": True, "temperature": None},
    }
).encode()

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Something on loopback that talks like this, and its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    host, port = listening.sockets[0].getsockname()
    try:
        yield f"{host}:{port}"
    finally:
        listening.close()


def replies(reply: bytes, seen: list[bytes] | None = None) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if seen is not None:
            seen.append(head)
        writer.write(reply)
        await writer.drain()

    return talk


def tells_status(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def ask(address: str, probe: HttpProbe | None = None, name: str = "S-1") -> ProbeAnswer:
    (answer,) = await (probe or HttpProbe(SystemClock(), HASTY)).probe([SmartSwitch(name, address)])
    return answer


def own_certificate(folder: Path) -> ssl.SSLContext:
    """TLS as a smart switch does it: signed by itself, for nobody's name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "plug")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    build = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=3_650))
    pem = build.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    pem += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "plug.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "plug.pem")
    return context


@contextmanager
def black_hole() -> Iterator[str]:
    """A listener whose queue is full: connections to it are dropped without a word, as by a house without power."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    address = listener.getsockname()
    callers = []
    for _ in range(4):
        caller = socket.socket()
        caller.setblocking(False)
        caller.connect_ex(address)
        callers.append(caller)
    try:
        yield f"127.0.0.1:{address[1]}"
    finally:
        for plug in (*callers, listener):
            plug.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("line", [b"200 OK", b"401 Unauthorized", b"404 Not Found", b"500 Internal Server Error"])
async def test_any_answer_of_a_real_server_has_a_status_and_a_response_time(line):
    async with server(replies(b"HTTP/1.1 " + line + b"\r\nContent-Length: 0\r\n\r\n")) as address:
        answer = await ask(address)
    assert answer.status == int(line[:3])
    assert answer.error is None
    assert answer.response_ms is not None
    assert 0.0 < answer.response_ms < 1000.0


@pytest.mark.asyncio
async def test_a_closed_port_is_refused():
    assert (await ask(f"127.0.0.1:{free_port()}")).error is ProbeError.REFUSED


@pytest.mark.asyncio
async def test_a_house_without_power_runs_into_the_connect_limit():
    with black_hole() as address:
        assert (await ask(address)).error is ProbeError.TIMEOUT


@pytest.mark.asyncio
async def test_one_that_takes_the_call_and_says_nothing_times_out():
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with server(silent) as address:
        assert (await ask(address)).error is ProbeError.TIMEOUT


@pytest.mark.asyncio
@pytest.mark.parametrize("address", ["no-such-plug.invalid", "http://no-such-plug.invalid:8080/x"])
async def test_a_name_that_is_not_found_is_a_dns_error(address):
    assert (await ask(address)).error is ProbeError.DNS


@pytest.mark.asyncio
async def test_a_name_that_leads_to_forbidden_ground_is_not_followed(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    assert (await ask("innocent.example")).error is ProbeError.DNS


@pytest.mark.asyncio
async def test_a_host_name_is_resolved():
    async with server(replies(OK)) as address:
        assert (await ask(address.replace("127.0.0.1", "localhost"))).status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("noise", [b"SSH-2.0-OpenSSH\r\n", b"\x00" * 200, b"", b"HTTP/1.1 banana\r\n\r\n"])
async def test_noise_is_no_http(noise):
    async with server(replies(noise)) as address:
        answer = await ask(address)
    assert answer.status is None
    assert answer.error is ProbeError.HTTP


@pytest.mark.asyncio
async def test_a_body_without_end_is_an_answer_and_reading_stops():
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    async with server(flood) as address:
        assert (await ask(address)).status == 200
    assert sent < 64 * 1024 * 1024


@pytest.mark.asyncio
async def test_headers_that_never_end_are_an_answer_all_the_same():
    async def dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nX-Half: a")
        await writer.drain()
        await reader.read()

    async with server(dribble) as address:
        assert (await ask(address)).status == 200


@pytest.mark.asyncio
async def test_a_redirect_loop_is_an_answer_and_ends():
    seen: list[bytes] = []
    loop = b"HTTP/1.1 302 Found\r\nLocation: /round/and/round\r\nContent-Length: 0\r\n\r\n"
    async with server(replies(loop, seen)) as address:
        assert (await ask(address)).status == 302
    assert len(seen) == 4


@pytest.mark.asyncio
async def test_a_redirect_to_another_host_is_not_followed():
    visited: list[bytes] = []
    async with server(replies(OK, visited)) as elsewhere:
        onward = elsewhere.replace("127.0.0.1", "localhost")
        redirect = b"HTTP/1.1 302 Found\r\nLocation: http://" + onward.encode() + b"/\r\nContent-Length: 0\r\n\r\n"
        async with server(replies(redirect)) as address:
            assert (await ask(address)).status == 302
    assert visited == []


@pytest.mark.asyncio
async def test_a_shelly_tells_its_supply():
    async with server(replies(tells_status(SHELLY))) as address:
        answer = await ask(address, name="Old mill")
    told = {r.point: r.value for r in answer.readings}
    assert told == {
        "Old_mill.voltage": 231.2,
        "Old_mill.current": 0.251,
        "Old_mill.power": 57.5,
        "Old_mill.power_factor": 0.99,
        "Old_mill.frequency": 50.01,
        "Old_mill.temperature": 44.5,
        "Old_mill.voltage_1": 230.9,
    }


@pytest.mark.asyncio
async def test_the_status_is_asked_at_first_contact_and_then_only_of_those_who_tell_it():
    plain, shelly = [], []
    probe = HttpProbe(SystemClock(), HASTY)
    async with server(replies(OK, plain)) as p, server(replies(tells_status(SHELLY), shelly)) as s:
        for _ in range(2):
            await ask(p, probe, "plain")
            await ask(s, probe, "shelly")
    assert [head.split()[1] for head in plain] == [b"/rpc/Shelly.GetStatus", b"/"]
    assert [head.split()[1] for head in shelly] == [b"/rpc/Shelly.GetStatus"] * 2


@pytest.mark.asyncio
async def test_one_that_chokes_on_the_status_question_is_asked_plainly():
    async def picky(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"Shelly" not in head:
            writer.write(OK)
            await writer.drain()

    async with server(picky) as address:
        assert (await ask(address)).status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"switch:0":7}',
        b'{"switch:0":{"voltage":"230"}}',
        b"[" * 60_000,
        b'{"switch:0":{"voltage":1e999}}',
    ],
)
async def test_a_status_of_rubbish_gives_no_readings(body):
    async with server(replies(tells_status(body))) as address:
        answer = await ask(address)
    assert answer.status == 200
    assert answer.readings == ()


@pytest.mark.asyncio
async def test_a_tls_handshake_that_fails_is_kept_as_such():
    async def plain_talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await writer.drain()
        await reader.read()

    async with server(plain_talk) as address:
        assert (await ask(f"https://{address}")).error is ProbeError.TLS


@pytest.mark.asyncio
async def test_a_certificate_of_its_own_making_is_no_obstacle(tmp_path):
    async with server(replies(OK), tls=own_certificate(tmp_path)) as address:
        assert (await ask(f"https://{address}")).status == 200


@pytest.mark.asyncio
async def test_many_are_probed_at_once_and_answer_in_their_order():
    with black_hole() as hole:
        async with server(replies(OK)) as address:
            lit = [SmartSwitch(f"S-{i}", address) for i in range(60)]
            answers = await HttpProbe(SystemClock(), HASTY).probe([*lit, SmartSwitch("dark", hole)])
    assert [a.name for a in answers] == [*(s.name for s in lit), "dark"]
    assert all(a.status == 200 for a in answers[:-1])
    assert answers[-1].error is ProbeError.TIMEOUT


def test_a_round_of_silence_is_foreseen():
    probe = HttpProbe(SystemClock(), ProbeLimits())
    assert probe.seconds_at_worst(10) == 2.0
    assert probe.seconds_at_worst(100_000) > 60.0
    assert 16 <= probes_at_once() <= 1024

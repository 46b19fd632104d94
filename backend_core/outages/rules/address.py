"""Where a smart switch may live: the forms of address that are lawful, and what is wrong with the others."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from backend_core.outages.model import Address

DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_PRINTABLE = re.compile(r"[!-~]+")
_NUMBERS_ONLY = re.compile(r"[0-9.]+")


# Asked of every smart switch in every round: reading 10,000 anew took the core's loop a third of a second.
@lru_cache(maxsize=32_768)
def parse_address(text: str) -> Address | str:
    """The address, or the sentence that says what is wrong with it."""
    text = text.strip()
    if not text:
        return "The address is empty; write a host, host:port or http://…"
    if len(text) > 255 or not _PRINTABLE.fullmatch(text):
        return "The address holds blanks or other characters that no address may hold."
    try:
        parts = urlsplit(_with_scheme(text))
        port = parts.port
    except ValueError:
        return f"'{text}' is not an address; write a host, host:port or http://…"
    return _checked(text, parts, port)


def is_local_host(host: str) -> bool:
    """Whether the host is this very computer, so that reaching it proves nothing about the network."""
    if host.lower() in ("localhost", ""):
        return True
    literal = ip_literal(host)
    return literal is not None and literal.is_loopback


def ip_literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The host as an IP address, when it is written as one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def may_be_probed(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """No probe may leave for a group, for nobody, or for link-local ground, where cloud machines keep their secrets."""
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    plain = mapped or ip
    return not (plain.is_multicast or plain.is_unspecified or plain.is_link_local)


def _with_scheme(text: str) -> str:
    if "://" in text:
        return text
    literal = ip_literal(text)
    if literal is not None and literal.version == 6:
        return f"http://[{text}]"
    return f"http://{text}"


def _checked(text: str, parts: SplitResult, port: int | None) -> Address | str:
    host = parts.hostname or ""
    if parts.scheme not in DEFAULT_PORTS:
        return f"'{parts.scheme}' is not probed; only http and https are."
    if parts.username is not None or parts.password is not None:
        return "The address holds a user name or password; smart switches are probed without."
    if port == 0:
        return "The port must be 1 to 65535."
    if complaint := _host_complaint(text, host):
        return complaint
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], path)


def _host_complaint(text: str, host: str) -> str:
    literal = ip_literal(host)
    if literal is not None:
        return "" if may_be_probed(literal) else f"{host} is a group or link-local address, which is never probed."
    if not host or _NUMBERS_ONLY.fullmatch(host):
        return f"'{text}' is not an address; write a host, host:port or http://…"
    if len(host) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in host.removesuffix(".").split(".")):
        return f"'{host}' is not a host name."
    return ""

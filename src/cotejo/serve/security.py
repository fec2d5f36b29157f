"""Which requests are heard: those of this page and of programs, none that another site sends.

A server on ``localhost`` can be reached by every page that its user has open. Three things keep
others out. The name in ``Host`` must be one of this machine: a page whose name was made to point
here (DNS rebinding) carries its own name. A request that the browser says another site made
(``Sec-Fetch-Site``, ``Origin``) is refused. And no answer carries a header of CORS. Where there is
a token, a request must carry it, in ``Authorization`` or in the cookie that the page's form sets.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from cotejo.serve.limits import Refusal

__all__ = ["HEADERS", "TOKEN_COOKIE", "Guard"]

TOKEN_COOKIE = "cotejo_token"  # noqa: S105 — a name

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob: data:; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Without a referrer of their own, forms would be sent with no origin either.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""The headers of every answer that does not set its own."""

_OPEN = ("/healthz", "/readyz", "/token")
"""The paths that need no token: whether the server lives says nothing of anybody."""


class Guard:
    """Decides whether a request is heard.

    Args:
        hosts: names, beside those of this machine, by which clients may call it.
        token: what a request must carry; None if nothing.
    """

    def __init__(self, hosts: Iterable[str] = (), token: str | None = None) -> None:
        own = {"localhost", socket.gethostname().lower()}
        self._hosts = own | {name.lower().rstrip(".") for name in hosts}
        self._token = token

    @property
    def cookie(self) -> str:
        """The value of the cookie of a browser that has given the token: not the token itself."""
        return hashlib.sha256(b"cotejo " + (self._token or "").encode()).hexdigest()

    def check(
        self, method: str, path: str, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> None:
        """Refuse a request that is not to be heard.

        Raises:
            Refusal: 400 for the name of another host, 403 for another site, 401 for no token.
        """
        host = headers.get("host", "")
        if not self.knows_host(host):
            raise Refusal(400, "host", host=host[:100])
        self._check_site(method, headers, host)
        if self._token is None or path in _OPEN or path.startswith("/static/"):
            return
        if not self._has_token(headers, cookies):
            raise Refusal(401, "token", headers={"www-authenticate": "Bearer"})

    def knows_host(self, host: str) -> bool:
        """Return whether the value of ``Host`` names this machine.

        An address is no name that could be made to point here, so that any is one of this machine.

        Example:
            >>> guard = Guard(["studies.example.org"])
            >>> [guard.knows_host(host) for host in ("localhost:8000", "[::1]:80", "evil.example")]
            [True, True, False]
        """
        name = _host_name(host)
        if name is None:
            return False
        if name in self._hosts or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def is_token(self, given: str) -> bool:
        """Return whether a text is the token; it takes as long for a wrong one as for the right."""
        return self._token is not None and hmac.compare_digest(
            given.encode(errors="replace"), self._token.encode()
        )

    def _has_token(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self.is_token(given.strip())
        return hmac.compare_digest(
            cookies.get(TOKEN_COOKIE, "").encode(errors="replace"), self.cookie.encode()
        )

    def _check_site(self, method: str, headers: Mapping[str, str], host: str) -> None:
        site = headers.get("sec-fetch-site")
        if site not in (None, "same-origin", "none"):
            # A link from elsewhere may open a page here; its own site sees nothing of it.
            is_link = (
                method in ("GET", "HEAD")
                and headers.get("sec-fetch-mode") == "navigate"
                and headers.get("sec-fetch-dest") == "document"
            )
            if not is_link:
                raise Refusal(403, "other_site")
        origin = headers.get("origin")
        if origin is None or site == "same-origin":
            return
        # An older browser says where the request comes from, but not whether that is here. Behind
        # a proxy the scheme may differ, so the host alone is compared.
        if _netloc(origin) != host.lower():
            raise Refusal(403, "other_site")


def _host_name(host: str) -> str | None:
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return None
    return name.rstrip(".") if name else None


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None

"""A small OpenID Connect provider on loopback: discovery, keys, authorize, token. It checks what a real one checks.

    with IdentityProvider(now) as provider:
        provider.who = {"sub": "u-1", "email": "dana@shop.example", "email_verified": True}

`twist` changes the claims of the next token, or the key it is signed with, to see what is refused.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Annotated, Self
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "countersign", "between-us-two"


@cache
def _own_key() -> RSAKey:
    """Made once: a key takes longer than all that is tried with it."""
    return RSAKey.generate_key(2048, auto_kid=True)


@cache
def _foreign_key() -> RSAKey:
    return RSAKey.generate_key(2048)


@dataclass(frozen=True)
class Asked:
    """A browser that was sent here."""

    nonce: str
    challenge: str
    redirect: str


@dataclass
class IdentityProvider:
    """Vouches for `who` to everybody who is sent here."""

    now: Callable[[], datetime]
    who: dict[str, object] = field(default_factory=dict[str, object])
    claims: dict[str, object] = field(default_factory=dict[str, object])
    """Instead of what would be right."""
    foreign_key: bool = False
    renamed: str = ""
    asked: list[Asked] = field(default_factory=list[Asked])
    refused: list[str] = field(default_factory=list[str])
    _codes: dict[str, Asked] = field(default_factory=dict[str, Asked])
    _key: RSAKey = field(default_factory=_own_key)
    _socket: socket.socket = field(default_factory=socket.socket)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _authorize(self, request: Request) -> Response:
        given = request.query_params
        right = (given.get("response_type"), given.get("client_id"), given.get("code_challenge_method"))
        if right != ("code", CLIENT, "S256") or "openid" not in given.get("scope", "").split():
            return JSONResponse({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(12)
        self._codes[code] = Asked(given["nonce"], given["code_challenge"], given["redirect_uri"])
        self.asked.append(self._codes[code])
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}", 302)

    def _token(self, authorization: str, code: str, verifier: str, redirect: str) -> Response:
        asked = self._codes.pop(code, None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if authorization != basic:
            self.refused.append("client")
            return JSONResponse({"error": "invalid_client"}, 401)
        if asked is None or asked.challenge != challenge or asked.redirect != redirect:
            self.refused.append("code")
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": self._sign(asked.nonce)}
        )

    def _sign(self, nonce: str) -> str:
        moment = int(self.now().timestamp())
        right = {"iss": self.issuer, "aud": CLIENT, "iat": moment, "exp": moment + 60, "nonce": nonce, **self.who}
        told = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        key = _foreign_key() if self.foreign_key else self._key
        return jwt.encode({"alg": "RS256", "kid": str(self._key.kid)}, told, key)

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction] - a route
            at = self.issuer
            return {
                "issuer": self.renamed or at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys",
            }

        @app.get("/keys")
        def keys() -> Response:  # pyright: ignore[reportUnusedFunction] - a route
            return JSONResponse(KeySet([self._key]).as_dict(private=False))

        @app.get("/authorize")
        def authorize(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction] - a route
            return self._authorize(request)

        @app.post("/token")
        def token(  # pyright: ignore[reportUnusedFunction] - a route
            request: Request,
            code: Annotated[str, Form()] = "",
            code_verifier: Annotated[str, Form()] = "",
            redirect_uri: Annotated[str, Form()] = "",
        ) -> Response:
            return self._token(request.headers.get("authorization", ""), code, code_verifier, redirect_uri)

        return app

    def __enter__(self) -> Self:
        self._socket.bind(("127.0.0.1", 0))
        config = uvicorn.Config(self._app(), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=5)
        self._socket.close()

"""/auth: log in, refresh, log out (section 3). Only these responses are wrapped in success and data."""

import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.octopus import tokens
from bot.sandbox.octopus.api.authenticated_request import (
    AuthenticatedRequest,
    json_body,
    protected,
    require_allowed_ip,
    spend,
)
from bot.sandbox.octopus.errors import invalid, unauthorised
from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse


async def login(request: Request) -> Response:
    vendor: Vendor = request.app.state.vendor
    body = await json_body(request)
    key, secret = body.get("username"), body.get("password")
    if not (isinstance(key, str) and isinstance(secret, str) and key and secret):
        raise invalid("Username and password are required")
    spend(vendor, f"key {key}", "login")
    client = vendor.db.one("SELECT * FROM clients WHERE api_key = ?", key)
    if client is None or not hmac.compare_digest(client["api_secret"].encode(), secret.encode()):
        raise unauthorised("Invalid credentials")
    require_allowed_ip(client, request)
    return _wrapped(tokens.issue_pair(vendor, client["id"]))


async def refresh(request: Request) -> Response:
    vendor: Vendor = request.app.state.vendor
    token = (await json_body(request)).get("refresh_token")
    if not (isinstance(token, str) and token):
        raise invalid("Refresh token is required")
    client_id = tokens.client_of(vendor, token, "refresh")
    spend(vendor, f"client {client_id}", "refresh")
    require_allowed_ip(vendor.db.one("SELECT * FROM clients WHERE id = ?", client_id), request)
    tokens.revoke(vendor, token)
    return _wrapped(tokens.issue_pair(vendor, client_id))


async def logout(call: AuthenticatedRequest) -> Response:
    tokens.revoke_all(call.vendor, call.client["id"])
    return _wrapped({"message": "Successfully logged out"})


def _wrapped(content: dict[str, Any]) -> Response:
    return DecimalJsonResponse({"success": True, "data": content})


ROUTES = [
    Route("/auth/login", login, methods=["POST"]),
    Route("/auth/refresh", refresh, methods=["POST"]),
    protected("/auth/logout", logout, method="POST", quota="other", feature=False),
]

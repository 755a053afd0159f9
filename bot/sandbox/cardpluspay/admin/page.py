"""/admin, the back office's page."""

from pathlib import Path

from bot.sandbox.vendors.admin_page import page_routes

ROUTES = page_routes(
    Path(__file__).parent,
    name="CardPlusPay",
    icon="💳",
    target="Path",
    path="/v1/orders",
    match='      <label>Account <select name="account"></select></label>\n',
    whose="Account",
)

"""The kinds of order there are: a new one is a module beside this file, and one more entry here."""

from bot.domain.lines import OrderKind
from bot.kinds.gift_card import GiftCards

KINDS: dict[str, OrderKind] = {kind.name: kind for kind in (GiftCards(),)}

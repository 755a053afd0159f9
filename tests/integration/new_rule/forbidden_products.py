"""A rule as somebody would add it: its section, its words, its stages and its check, in one module."""

from bot.domain.policy import Denial, DenialReason, Facts, Rule, Stage


class ProductDenial(DenialReason):
    PRODUCT_FORBIDDEN = "product_forbidden", "Product {product_id} is on the list of those we do not give."


class ForbiddenProducts(Rule):
    stages = frozenset({Stage.REQUEST, Stage.APPROVE, Stage.PURCHASE})

    forbidden: frozenset[str] = frozenset()

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        if facts.product_id not in self.forbidden:
            return None
        return Denial(ProductDenial.PRODUCT_FORBIDDEN, {"product_id": facts.product_id})

"""Reads which page of a list is requested, and how long pages are."""

from bot.sandbox.cardpluspay.api.fields import Fields
from bot.sandbox.cardpluspay.choices import Choices

MOST_PER_PAGE, LAST_PAGE = 100, 1_000_000


def page_of(query: Fields, usual: int, choices: Choices) -> tuple[int, int]:
    """The page's number and length. The contract only guesses the parameter `page`, hence a choice."""
    page, per_page = (
        query.whole_number("page", 1, LAST_PAGE),
        query.whole_number("per_page", usual, MOST_PER_PAGE),
    )
    return (1 if choices.pages == "ignored" else page), per_page

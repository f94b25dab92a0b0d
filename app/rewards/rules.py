"""Pure rules of rewards: what may be spent, how long a reservation stands, what a reward may be."""

from datetime import timedelta

from app.errors import Invalid
from app.points.models import Book

#: Books that may be spent; likes and shares earn standing, not things.
SPENDABLE = (Book.LEARNING, Book.SERVICE)
#: How long something stays reserved for who redeemed it.
RESERVATION_STANDS = timedelta(days=14)
MAX_PRICE = 100_000
MAX_STOCK = 100_000
MAX_TITLE = 80
MAX_DESCRIPTION = 1_000


def check_price(price: int) -> None:
    """Refuse a price that no reward may have."""
    if not 1 <= price <= MAX_PRICE:
        raise Invalid(f"应在 1 到 {MAX_PRICE} 之间", "input", "price")


def check_stock(stock: int) -> None:
    """Refuse a stock that no reward may have."""
    if not 0 <= stock <= MAX_STOCK:
        raise Invalid(f"应在 0 到 {MAX_STOCK} 之间", "input", "stock")


def check_book(book: Book) -> None:
    """Refuse a book whose points are not to be spent."""
    if book not in SPENDABLE:
        raise Invalid("只有学习积分和服务积分可以用于兑换", "input", "book")

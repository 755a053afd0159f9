"""Codes at rest: sealed, kept once, never overwritten, in a stable order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.orders import Order
from bot.kinds.gift_card import Voucher
from store import BadKey, CodeCounts, Keyring, Store
from store.engines.sqlite import sqlite3
from tests.integration.store.conftest import KEY
from tests.support.disk import rows, run
from tests.support.repositories import Repositories

RequestOrder = Callable[..., Order]
FIRST = Voucher("6006491234561111", "83920174", expires_at="2028-01-01", voucher_reference_number="R1")
SECOND = Voucher("6006491234562222", "0815")
THIRD = Voucher(claim_url="https://claim.example.com/abcdef")
MASKED_FIRST = Voucher("************1111", "****")
MASKED_SECOND = Voucher("************2222", "****")
MASKED_THIRD = Voucher(claim_url="**************************cdef")


@pytest.fixture
def order(request_order: RequestOrder) -> Order:
    return request_order()


def keep(store: Repositories, order: Order, *vouchers: Voucher) -> CodeCounts:
    with store.transaction():
        return store.codes.keep(order.id, vouchers)


def test_codes_come_back_exactly_and_in_the_order_they_came(store: Repositories, order: Order) -> None:
    assert keep(store, order, FIRST, SECOND, THIRD) == CodeCounts(clear=3, masked=0, new=3)

    assert store.codes.of_order(order.id) == [FIRST, SECOND, THIRD]
    assert store.codes.count(order.id) == 3


def test_the_same_code_again_is_kept_once(store: Repositories, order: Order) -> None:
    keep(store, order, FIRST, SECOND)

    assert keep(store, order, SECOND, FIRST, THIRD) == CodeCounts(clear=3, masked=0, new=1)
    assert store.codes.of_order(order.id) == [FIRST, SECOND, THIRD]


def test_what_is_set_aside_is_sealed_but_neither_counted_nor_shown(store: Repositories, order: Order) -> None:
    with store.transaction():
        store.codes.set_aside(order.id, [FIRST, SECOND])

    assert (store.codes.count(order.id), store.codes.of_order(order.id)) == (0, [])
    assert store.codes.masked_of_order(order.id) == [FIRST, SECOND]

    assert keep(store, order, FIRST) == CodeCounts(clear=1, masked=0, new=1)  # it was the order's after all
    assert store.codes.of_order(order.id) == [FIRST]


def test_only_many_whole_cards_of_other_orders_tell_that_a_product_has_no_pins(
    store: Repositories, request_order: RequestOrder
) -> None:
    orders = [request_order(f"V{n}", client_reference=f"GC-261121-ORDER00{n}") for n in range(7)]
    last = orders[-1]

    def have_code_only(order: Order) -> bool:
        return store.codes.have_code_only(order.terms.vendor, order.terms.line.product_id, besides=order.id)

    for order in orders[:4]:  # of two cards each
        keep(store, order, *(Voucher(f"60064912345{order.id}{n}") for n in range(order.terms.line.units)))
    keep(store, orders[4], Voucher("600649123459"))  # one of two: it tells nothing
    assert not have_code_only(last)
    with store.transaction():
        store.codes.keep(orders[4].id, [Voucher("600649123458")], complete=False)
    assert not have_code_only(last)

    keep(store, orders[5], Voucher("600649123457"), Voucher("600649123456"))
    assert have_code_only(last)
    assert not have_code_only(orders[5])  # its own cards tell nothing of the rest of it

    keep(store, orders[5], Voucher("600649123455", more="Card PIN: 4410"))
    assert not have_code_only(last)


def test_a_code_that_is_twice_in_one_answer_is_two_cards(store: Repositories, order: Order) -> None:
    assert keep(store, order, FIRST, FIRST, SECOND) == CodeCounts(clear=3, masked=0, new=3)

    assert keep(store, order, FIRST, FIRST, SECOND) == CodeCounts(clear=3, masked=0, new=0)
    assert keep(store, order, FIRST) == CodeCounts(clear=3, masked=0, new=0)
    assert store.codes.of_order(order.id) == [FIRST, FIRST, SECOND]


def test_equal_cards_are_recognised_after_the_keys_changed(
    path: Path, store: Repositories, order: Order
) -> None:
    keep(store, order, FIRST, SECOND, FIRST)
    store.close()
    newest = Keyring.generate()
    rotated = Repositories(path, newest, KEY)
    with rotated.transaction():
        rotated.rotate_keys()
    rotated.close()
    store = Repositories(path, newest)

    assert keep(store, order, FIRST, FIRST, SECOND) == CodeCounts(clear=3, masked=0, new=0)
    store.close()


def test_codes_keep_their_place_when_earlier_ones_arrive_later(store: Repositories, order: Order) -> None:
    keep(store, order, THIRD)
    keep(store, order, FIRST, SECOND, THIRD)

    assert store.codes.of_order(order.id) == [THIRD, FIRST, SECOND]


def test_a_mask_neither_replaces_nor_joins_the_code_it_stands_for(store: Repositories, order: Order) -> None:
    keep(store, order, FIRST, SECOND, THIRD)

    kept = keep(store, order, MASKED_FIRST, MASKED_SECOND, MASKED_THIRD)

    assert kept == CodeCounts(clear=3, masked=0, new=0)
    assert store.codes.of_order(order.id) == [FIRST, SECOND, THIRD]
    assert store.codes.masked_of_order(order.id) == []


def test_a_code_arriving_beside_masks_of_earlier_ones_is_the_only_new_one(
    store: Repositories, order: Order
) -> None:
    keep(store, order, FIRST)

    kept = keep(store, order, MASKED_FIRST, SECOND, MASKED_THIRD)

    assert kept == CodeCounts(clear=2, masked=1, new=1)
    assert store.codes.of_order(order.id) == [FIRST, SECOND]
    assert store.codes.masked_of_order(order.id) == [MASKED_THIRD]


def test_codes_that_only_ever_came_masked_are_counted_as_such(store: Repositories, order: Order) -> None:
    assert keep(store, order, MASKED_FIRST, MASKED_SECOND) == CodeCounts(clear=0, masked=2, new=0)
    assert store.codes.count(order.id) == 0
    assert store.codes.of_order(order.id) == []


def test_what_looks_masked_by_chance_is_not_lost(store: Repositories, order: Order) -> None:
    by_chance = Voucher("ABXXXXCD12345678")

    assert keep(store, order, by_chance, FIRST).clear == 1

    assert store.codes.masked_of_order(order.id) == [by_chance]


def test_a_code_takes_over_from_its_mask(store: Repositories, order: Order) -> None:
    keep(store, order, MASKED_FIRST, MASKED_SECOND)

    assert keep(store, order, FIRST) == CodeCounts(clear=1, masked=0, new=1)
    assert store.codes.of_order(order.id) == [FIRST]
    assert store.codes.masked_of_order(order.id) == [MASKED_SECOND]


def test_entirely_hidden_vouchers_stand_for_one_code_each(store: Repositories, order: Order) -> None:
    keep(store, order, FIRST)

    assert keep(store, order, Voucher("****"), Voucher("****"), Voucher("****")).masked == 2


def test_a_vouchers_own_number_decides_whose_mask_it_is(store: Repositories, order: Order) -> None:
    keep(store, order, FIRST)

    assert keep(store, order, Voucher("****", voucher_reference_number="R1")).masked == 0
    assert keep(store, order, Voucher("****", voucher_reference_number="R2")).masked == 1


def test_a_voucher_with_nothing_in_it_is_not_kept(store: Repositories, order: Order) -> None:
    assert keep(store, order, Voucher()) == CodeCounts(clear=0, masked=1, new=0)
    assert store.codes.masked_of_order(order.id) == []


def test_equal_codes_of_two_orders_do_not_show_as_equal(
    store: Repositories, request_order: RequestOrder, path: Path
) -> None:
    one, other = request_order(), request_order()
    keep(store, one, FIRST)
    keep(store, other, FIRST)

    assert store.codes.of_order(one.id) == store.codes.of_order(other.id) == [FIRST]
    assert len({row["fingerprint"] for row in rows(path, "SELECT fingerprint FROM deliverables")}) == 2


def test_no_code_is_readable_in_any_file(store: Repositories, order: Order, path: Path) -> None:
    keep(store, order, FIRST, THIRD)
    while_running = b"".join(file.read_bytes() for file in path.parent.iterdir())
    store.close()
    afterwards = b"".join(file.read_bytes() for file in path.parent.iterdir())

    for secret in (*FIRST.secrets, *THIRD.secrets):
        assert secret.encode() not in while_running
        assert secret.encode() not in afterwards


def test_a_sealed_code_copied_to_another_order_does_not_open_there(
    store: Repositories, request_order: RequestOrder, path: Path
) -> None:
    victim, thief = request_order(), request_order()
    keep(store, victim, FIRST)
    keep(store, thief, SECOND)
    run(
        path,
        "UPDATE deliverables SET sealed = other.sealed FROM deliverables AS other"
        " WHERE other.order_id = ? AND deliverables.order_id = ?",
        *(victim.id, thief.id),
    )

    with pytest.raises(BadKey, match="sealed for another order") as refused:
        store.codes.of_order(thief.id)
    assert "6006" not in str(refused.value)


def test_the_database_itself_never_deletes_a_paid_code(store: Repositories, order: Order, path: Path) -> None:
    keep(store, order, FIRST)

    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        run(path, "DELETE FROM deliverables")


def test_a_new_key_in_front_seals_new_codes_and_the_old_ones_still_open(
    store: Repositories, order: Order, path: Path
) -> None:
    keep(store, order, FIRST)
    store.close()
    new = Keyring.generate()

    store = Repositories(path, new, KEY)
    assert keep(store, order, FIRST, SECOND) == CodeCounts(clear=2, masked=0, new=1)
    assert store.codes.of_order(order.id) == [FIRST, SECOND]
    store.close()


def test_after_rotation_the_old_key_is_not_needed_and_repeats_are_still_recognised(
    store: Repositories, order: Order, path: Path
) -> None:
    keep(store, order, FIRST, SECOND, MASKED_THIRD)
    store.close()
    new = Keyring.generate()
    store = Repositories(path, new, KEY)

    with store.transaction():
        assert store.rotate_keys() == 3
    store.close()

    store = Repositories(path, new)
    assert store.codes.of_order(order.id) == [FIRST, SECOND]
    assert keep(store, order, SECOND, FIRST, MASKED_THIRD).new == 0
    assert rows(path, "SELECT count(*) AS n FROM deliverables") == [{"n": 3}]
    store.close()


def test_rotation_changes_all_codes_or_none(store: Repositories, order: Order, path: Path) -> None:
    keep(store, order, FIRST, SECOND)
    store.close()
    new = Keyring.generate()
    with sqlite3.connect(path) as damaged:
        damaged.execute("UPDATE deliverables SET sealed = 'not sealed by us' WHERE position = 2")
        before = damaged.execute("SELECT sealed, fingerprint FROM deliverables").fetchall()
    damaged.close()

    store = Repositories(path, new, KEY)
    with pytest.raises(BadKey), store.transaction():
        store.rotate_keys()
    store.close()

    with sqlite3.connect(path) as after:
        assert after.execute("SELECT sealed, fingerprint FROM deliverables").fetchall() == before
    after.close()
    Repositories(path, KEY).close()


def test_a_key_dropped_too_early_is_noticed_at_the_start(store: Repositories, path: Path) -> None:
    store.close()
    Store.open(path, Keyring([KEY])).close()

    for read_only in (False, True):
        with pytest.raises(BadKey, match="Put the key it was sealed with"):
            Store.open(path, Keyring([Keyring.generate()]), read_only=read_only)

"""The real process meets a full disk at the moment the paid codes arrive."""

import resource
import time
from collections.abc import Callable

from bot.domain.orders import OrderState
from tests.acceptance.crash.books import compare
from tests.acceptance.crash.cases import SMALL, Case
from tests.acceptance.crash.scene import Scene


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_codes_that_arrive_on_a_full_disk_are_kept_when_there_is_room_again(tmp_path):
    scene = Scene(tmp_path)
    try:
        case = Case((), "answers", SMALL)
        with scene.alive(case, on_purchase="delay-after; seconds=1") as (process, order, database):
            assert process.pid
            until(scene.orders_at_the_vendor)
            answered = scene.answers()
            # As a full disk does, this lets no file of the process grow or change.
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            until(lambda: scene.answers() > answered)
            time.sleep(1.5)
            assert scene.state(database) is OrderState.PLACING
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (-1, resource.RLIM_INFINITY))

            until(lambda: scene.state(database) is OrderState.DELIVERED)
            assert process.is_alive()

        (theirs,) = scene.orders_at_the_vendor()
        assert theirs["client_reference"] == order.client_reference
        assert compare(database, scene.key, [theirs]).all() == []
    finally:
        scene.end()

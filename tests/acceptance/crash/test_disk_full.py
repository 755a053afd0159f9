"""The real process meets a full disk at the moment the paid codes arrive."""

import resource

from bot.domain.lifecycle import OrderState
from tests.acceptance.crash.comparison import compare
from tests.acceptance.crash.environment import CrashEnvironment
from tests.acceptance.crash.runner import state_of
from tests.support.waiting import wait_until


def test_codes_that_arrive_on_a_full_disk_are_kept_when_there_is_room_again(tmp_path):
    environment = CrashEnvironment(tmp_path)
    try:
        stand_in = environment.octopus
        with environment.alive(on_purchase="delay-after; seconds=1") as (process, approved, lines):
            assert process.pid
            wait_until(stand_in.sold)
            answered = stand_in.answers()
            # As a full disk does, this lets no file of the process grow or change.
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            wait_until(lambda: stand_in.answers() > answered)
            wait_until(lambda: "".join(lines).count("only_in_memory") >= 2)
            assert state_of(approved) is OrderState.SUBMITTING
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (-1, resource.RLIM_INFINITY))

            wait_until(lambda: state_of(approved) is OrderState.DELIVERED)
            assert process.is_alive()

        (sold,) = stand_in.sold()
        assert sold.reference == approved.order.client_reference
        assert compare(approved.database, environment.key, [sold]).all() == []
    finally:
        environment.end()

"""One run of the bot in a process of its own, and waiting for what becomes of it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess

from tests.acceptance.crash.bot_run import BotRun
from tests.support.waiting import until

_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.05


@contextmanager
def running_bot(bot_run: BotRun) -> Iterator[ForkServerProcess]:
    process = bot_run.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(_PATIENCE_S)


async def run_until_killed(bot_run: BotRun) -> str:
    """Run until the arranged kill; what went wrong, if anything."""
    with running_bot(bot_run) as process:
        if await _end_of(process) != -signal.SIGKILL:
            return f"it never came to “{bot_run.dies}” (exit code {process.exitcode})"
    return ""


async def run_until_idle(bot_run: BotRun, is_at_rest: Callable[[], bool]) -> str:
    """Run until everything has come to rest, and stop; what went wrong, if anything."""
    with running_bot(bot_run) as process:
        if not await _comes_true(lambda: is_at_rest() or not process.is_alive()):
            return "it never came to rest"
        if not process.is_alive():
            return f"the last run ended with exit code {process.exitcode}"
        process.terminate()
        code = await _end_of(process)
        return "" if code == 0 else f"stopped with exit code {code}"


async def _end_of(process: ForkServerProcess) -> int | None:
    """Its exit code; None when it does not end."""
    await _comes_true(lambda: not process.is_alive())
    return process.exitcode


async def _comes_true(condition: Callable[[], bool]) -> bool:
    try:
        return await until(condition, within_s=_PATIENCE_S, every_s=_LOOK_EVERY_S)
    except TimeoutError:
        return False

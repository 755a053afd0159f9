"""A point that nobody comes past any more would make its cases fail late, and say little."""

from importlib import import_module

import pytest

from tests.acceptance.crash.kill_points import POINTS
from tests.acceptance.crash.kill_switch import Point

NAMED = [point for points in POINTS.values() for point in points.values() if point.owner != "trace"]


@pytest.mark.parametrize("point", NAMED, ids=lambda point: f"{point.owner} {point.function}")
def test_every_point_is_a_public_function_that_exists(point: Point) -> None:
    module, _, cls = point.owner.partition(":")
    owner = getattr(import_module(module), cls) if cls else import_module(module)

    assert callable(getattr(owner, point.function))
    assert not point.function.startswith("_")

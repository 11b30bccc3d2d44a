"""Starts Node once for all tests, and synthesizes environments as users change them."""

import fcntl
import functools
import gc
import os
import signal
from collections.abc import Iterator

import pytest

from stacks.boot import boot

# What is imported and collected stays: looking for garbage in it takes a sixth of the start, and time in each test.
gc.disable()
boot()
# A shell lets what it starts in the background ignore Ctrl-C, and each process below would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Moto would make 1,300 machine images for each test.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
# Moto would look for the account of a request's key in IAM, and make an IAM of six partitions to look into.
os.environ["MOTO_ACCOUNT_ID"] = "123456789012"

from moto.core.models import RESPONSES_METHODS  # noqa: E402 - after the variable above

from local_cloud.descriptions import leave_out_instance_types, read_descriptions_once  # noqa: E402 - boot() comes before cdktf
from local_cloud.server import LIFELINE_VARIABLE  # noqa: E402
from local_cloud.variables import short_lived  # noqa: E402 - as above
from tests.unit.stack_json import Stack, Synth  # noqa: E402
from tests.unit.synthesis import synthesizer  # noqa: E402

# Of what waits for a deploy, what takes longest begins. Meanwhile files (and a folder) run that only compute.
_LONG = ("test_adopted_hcl.py", "test_killed_deploy.py")
_BUSY = ("test_boot.py", "test_review.py", "test_review_step.py", "test_checkov.py", "test_verification.py", "audit")
_SHORTER = ("test_every_kind.py", "test_break_glass.py", "test_deployed_review.py", "test_two_environments.py")

# Groups of tests that would end last: the processor is theirs first.
_FIRST = ("local", "faults")

read_descriptions_once()
leave_out_instance_types()

from local_cloud.moto_patches import install  # noqa: E402 - imports EC2, and instance types with it
from local_cloud.repeated_work import find_out_once  # noqa: E402 - once its actions are all there

# moto in a process of the tests is the local AWS, as in a process of its own.
install()
find_out_once()
# Every mock would have moto intercept the package requests too, which nothing here sends with: 1,300 patterns.
RESPONSES_METHODS.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let tests that share what is slow to make run in one process, and begin with what takes longest.

    A deploy waits for minutes, and the processor must have something to do meanwhile: not all of them begin at once.
    """
    # Set in the processes that pytest-xdist starts.
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("local" if _is_on_dev(item) else item.path.name))
    items.sort(key=_turn)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave the processor to the tests that take longest."""
    group = item.get_closest_marker("xdist_group")
    if group and group.args[0] not in _FIRST:
        _step_back()


@functools.cache
def _step_back() -> None:
    """Let this process and what it starts come after others, from now on."""
    os.nice(5)


def pytest_collection_finish() -> None:
    """Collect garbage from now on, but of the tests alone, and after 20,000 new objects instead of 700."""
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep committed snapshots if a test failed: syrupy deletes those that its test did not get to read."""
    if session.testsfailed and session.config.option.update_snapshots:
        session.config.option.disable_unused_snapshots = True


def _turn(item: pytest.Item) -> int:
    """Return in which turn a test begins."""
    for turn, names in enumerate((_LONG, _BUSY, _SHORTER)):
        if item.path.name in names or item.path.parent.name in names:
            return turn
    if _is_on_dev(item):
        return 0
    # The files of unit tests are the shortest, and fill what is left.
    return 4 if "unit" in item.path.parts else 3


def _is_on_dev(item: pytest.Item) -> bool:
    """Whether a test goes on from dev as it was deployed."""
    return not {"local", "dev_aws"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def lifeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let every local AWS of these tests end with them, however they end."""
    path = tmp_path_factory.mktemp("lifeline") / "lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.environ[LIFELINE_VARIABLE] = str(path)
        yield


@pytest.fixture(scope="session", autouse=True)
def short_lived_terraform() -> None:
    """Let every Terraform of these tests start as that of a local deploy does; in one thread, as many share cores."""
    os.environ |= {"GOMAXPROCS": "1", **short_lived(os.environ)}


@pytest.fixture(scope="session")
def synth(tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """Synthesize an environment, once per set of overrides, to the file that Terraform reads."""
    return synthesizer(tmp_path_factory)


@pytest.fixture
def dev(synth: Synth) -> Stack:
    """The dev environment as it is."""
    return synth()

"""Reviews two revisions: synthesizes both, and plans what differs, two environments at a time."""

import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock

from local_cloud.record import Record
from operations.errors import OperationError
from operations.review.environment_review import EnvironmentReviewer
from operations.review.exposure import exposures
from operations.review.local_aws import find_provider, local_aws, variables_for
from operations.review.pictures import write_pictures
from operations.review.planning import Planning, Stack
from operations.review.provider import Installations
from operations.review.revisions import Repository, synthesize
from operations.review.rules import fired
from operations.review.verdict import Cell, EnvironmentReview, Review
from operations.terraform import PROJECT, Interruption, Terraform
from rules.configuration import Configuration

# Terraform and two processes of its provider keep one processor busy.
_AT_A_TIME = 2
_NO_ACCOUNT = "000000000000"

Stacks = Mapping[str, Stack]


@dataclass(frozen=True)
class Request:
    """What to review; no environments means all of them."""

    base: str
    head: str
    environments: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    pictures: Path | None = None
    deploy: bool = False
    project: Path = PROJECT


def review(request: Request) -> Review:
    """Review; raises OperationError if the revisions cannot be synthesized. Nothing is left on the disk."""
    with tempfile.TemporaryDirectory(prefix="review-") as name:
        folder = Path(name)
        titles, base, head = _synthesized(request, folder)
        names = sorted({*base, *head})
        stacks = {name: (base.get(name), head.get(name)) for name in names}
        pictures = _pictures(request.pictures, stacks)
        reviewed = [replace(each, pictures=pictures[each.name]) for each in _planned(request, folder, stacks)]
        found = Review(*titles, tuple(reviewed), _matrix(names, base, head))
        return replace(found, findings=tuple(fired(found, list(request.rules))))


def _synthesized(request: Request, folder: Path) -> tuple[tuple[str, str], Stacks, Stacks]:
    repository = Repository(request.project)
    with (
        repository.checked_out(request.base, folder / "base") as base,
        repository.checked_out(request.head, folder / "head") as head,
    ):
        names = _chosen(request, sorted({*base.environments, *head.environments}))
        say(f"Synthesizing {base.title} and {head.title}")
        with ThreadPoolExecutor(_AT_A_TIME) as threads:
            stacks = [
                threads.submit(synthesize, revision, names, repository.python_for(revision), folder / f"{side}.out")
                for side, revision in (("base", base), ("head", head))
            ]
            return (base.title, head.title), stacks[0].result(), stacks[1].result()


def _chosen(request: Request, known: list[str]) -> Collection[str]:
    for name in request.environments:
        if name not in known:
            raise OperationError(f"unknown environment {name}; choose {', '.join(known)}, or none for all of them")
    return request.environments or known


def _planned(
    request: Request, folder: Path, stacks: Mapping[str, tuple[Stack | None, Stack | None]]
) -> Iterator[EnvironmentReview]:
    """Review every environment; one whose JSON is the same costs nothing."""
    changed = {name: both for name, both in stacks.items() if not _same(*both)}
    for name in stacks.keys() - changed.keys():
        say(f"{name}: the same JSON")
    interruption, installations = Interruption(), Installations()
    with ExitStack() as running:
        provider = find_provider(folder) if changed else {}
        servers = _Servers(folder, running, deploy=request.deploy)
        futures: dict[str, Future[EnvironmentReview]] = {}
        reviews = running.enter_context(_stopping(interruption))
        for name, (base, head) in changed.items():
            configuration = _configuration(base or head)
            own = folder / "plans" / name
            own.mkdir(parents=True)
            variables = variables_for(servers.of(name, configuration), configuration.region, provider)
            reviewer = EnvironmentReviewer(
                name, Planning(Terraform(name, own, variables, interruption), installations), say
            )
            futures[name] = reviews.begin(partial(reviewer.review, base, head, deploy=request.deploy))
        finished = {name: future.result() for name, future in futures.items()}
    return (finished.get(name) or EnvironmentReview(name) for name in stacks)


def _pictures(
    folder: Path | None, stacks: Mapping[str, tuple[Stack | None, Stack | None]]
) -> Mapping[str, tuple[str, ...]]:
    if folder is None:
        return dict.fromkeys(stacks, ())
    return {name: write_pictures(folder, name, *both) for name, both in stacks.items()}


@contextmanager
def _stopping(interruption: Interruption) -> Iterator["Reviews"]:
    """Let reviews begin; after Ctrl-C they end soon, because Terraform is interrupted in each of them."""
    threads = ThreadPoolExecutor(_AT_A_TIME)
    try:
        yield Reviews(threads, interruption)
    except BaseException:
        interruption.interrupt()
        raise
    finally:
        threads.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Reviews:
    """Reviews of environments, each in a thread."""

    threads: ThreadPoolExecutor
    interruption: Interruption

    def begin(self, review: Callable[[], EnvironmentReview]) -> Future[EnvironmentReview]:
        """Begin a review, but not before its thread is known to the pool.

        Ctrl-C in the middle of ``submit`` leaves a thread that ``shutdown`` does not wait for: it must do nothing.
        """
        submitting = Lock()

        def work() -> EnvironmentReview:
            with submitting:
                if self.interruption.requested.is_set():
                    raise OperationError("stopped")
            return review()

        with submitting:
            try:
                return self.threads.submit(work)
            except BaseException:
                self.interruption.interrupt()
                raise


@dataclass(frozen=True)
class _Servers:
    """Local AWSs, one per account; if something is deployed to them, one per environment."""

    folder: Path
    running: ExitStack
    deploy: bool

    def of(self, name: str, configuration: Configuration) -> Record:
        """Start the server of an account, or find the one that runs."""
        account = configuration.account_id or _NO_ACCOUNT
        folder = self.folder / "aws" / (name if self.deploy else account)
        found = Record.read(folder)
        return found or self.running.enter_context(local_aws(folder, account))


def _configuration(stack: Stack | None) -> Configuration:
    return stack.configuration if stack else Configuration({})


def _same(base: Stack | None, head: Stack | None) -> bool:
    return bool(base and head and base.same_as(head))


def _matrix(names: list[str], base: Stacks, head: Stacks) -> dict[str, dict[str, Cell]]:
    matrix: dict[str, dict[str, Cell]] = {}
    for name in names:
        before, after = (exposures(_configuration(stacks.get(name))) for stacks in (base, head))
        for service in sorted({*before, *after}):
            matrix.setdefault(service, {})[name] = Cell(before.get(service), after.get(service))
    return dict(sorted(matrix.items()))


def say(text: str) -> None:
    """Show progress, apart from the report."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()

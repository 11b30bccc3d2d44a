"""The matrix: real changes of dev, planned twice, on a state made from its base and on the base as it was deployed."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from operations.review.environment_review import verdicts
from operations.review.plan import Reader
from operations.review.planning import Planning, Stack
from operations.review.provider import Installations
from operations.review.report.machine import machine
from operations.review.report.markdown import markdown
from operations.review.verdict import EnvironmentReview, Review
from operations.terraform import Terraform
from rules.configuration import Configuration
from tests.deploy.platforms import Local
from tests.deploy.review_matrix import HEADS
from tests.unit.stack_json import Synth

# They run beside the other tests of dev, on the deploy that test_two_environments.py goes on from.
pytestmark = pytest.mark.xdist_group("environments")

LOCK = Path(".terraform.lock.hcl").read_text(encoding="utf-8")


class MarkdownExtension(SingleFileSnapshotExtension):
    """A file per review, as GitHub shows it."""

    _write_mode = WriteMode.TEXT
    file_extension = "md"


class Dev:
    """A base of dev in one folder, on which heads are planned, each once."""

    def __init__(self, planning: Planning, synth: Synth) -> None:
        self.planning, self.synth = planning, synth
        self.base = stack(json.loads(synth().text))
        self.reviews: dict[str, EnvironmentReview] = {}

    def review(self, name: str) -> EnvironmentReview:
        if name not in self.reviews:
            head = stack(HEADS[name].document(self.synth))
            plan = self.planning.plan(head)
            assert plan
            explain = self.planning.placeholders.explained
            reading = Reader(self.base.configuration, head.configuration, explain).read(plan)
            self.reviews[name] = verdicts("dev", self.base, head, reading, [])
        return self.reviews[name]


def stack(document: dict[str, object]) -> Stack:
    return Stack(Configuration(document), LOCK)


@pytest.fixture(scope="session")
def pretended(dev_beside_staging: Local, synth: Synth, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Dev as the review sees it: nothing of it was made."""
    folder = tmp_path_factory.mktemp("pretended")
    dev = Dev(Planning(Terraform("dev", folder, dev_beside_staging.terraform.variables), Installations()), synth)
    assert dev.planning.pretend(dev.base) == []
    yield dev
    assert not list(folder.glob("*.tfplan"))


@pytest.fixture(scope="session")
def deployed(dev_beside_staging: Local, synth: Synth, tmp_path_factory: pytest.TempPathFactory) -> Dev:
    """Dev as it was deployed to the local AWS: the judge."""
    folder = tmp_path_factory.mktemp("deployed")
    dev = Dev(Planning(Terraform("dev", folder, dev_beside_staging.terraform.variables), Installations()), synth)
    # Where Terraform looks without a backend: the deploy's own stays untouched.
    shutil.copy(dev_beside_staging.terraform.folder / "../../../terraform.dev.tfstate", folder / "terraform.tfstate")
    return dev


CASES = [(head, change) for head, each in HEADS.items() for change in each.changes]


@pytest.mark.parametrize(("head", "change"), CASES)
def test_a_change_has_its_verdict(pretended: Dev, head: str, change: str) -> None:
    expected = HEADS[head].changes[change]
    found = {each.address: each.verdict for each in pretended.review(head).changes}
    assert {address: found.get(address) for address in expected} == expected


@pytest.mark.parametrize("head", HEADS)
def test_a_real_deploy_has_the_same_verdicts(pretended: Dev, deployed: Dev, head: str) -> None:
    """The judge: what was deployed has real values where the other state has placeholders."""
    assert judged(deployed.review(head)) == judged(pretended.review(head))


def judged(review: EnvironmentReview) -> dict[str, object]:
    return {each.address: (each.verdict, each.culprits, each.follows) for each in review.changes}


@pytest.mark.parametrize("head", HEADS)
def test_the_comment_is_what_was_reviewed(pretended: Dev, head: str, snapshot: SnapshotAssertion) -> None:
    text = markdown(Review("base", "head", (pretended.review(head),), {}))
    assert text == snapshot.use_extension(MarkdownExtension)


@pytest.mark.parametrize("head", HEADS)
def test_the_json_is_what_was_reviewed(pretended: Dev, head: str, snapshot: SnapshotAssertion) -> None:
    document = json.loads(machine(Review("base", "head", (pretended.review(head),), {})))
    assert document == snapshot.use_extension(JSONSnapshotExtension)


def test_a_new_cidr_reads_as_57_replacements(pretended: Dev) -> None:
    assert sum(each.verdict == "replace" for each in pretended.review("vpc").changes) == 57


def test_a_service_renamed_with_moved_loses_nothing(pretended: Dev) -> None:
    lost = {each.address for each in pretended.review("services").changes if each.loses_data}
    assert not any("backend" in address or "api" in address for address in lost)

"""Addresses are a contract, and the JSON is the same on every machine."""

import re
import tempfile
from pathlib import Path

import pytest
from constructs import Construct
from constructs.bindings import App, CloudwatchLogGroup, Vpc

from environments import names
from stacks.addresses import ReadableAddresses
from tests.unit.stack_json import Stack, Synth, strings

ROOT = Path(__file__).parents[3]
READABLE = re.compile(r"(?:aws|terraform)_[a-z0-9_]+\.[a-z][a-z0-9_]*")


@pytest.fixture
def stack(tmp_path: Path) -> ReadableAddresses:
    """A stack without resources."""
    return ReadableAddresses(App(outdir=str(tmp_path)), "dev")


def address_of(resource: CloudwatchLogGroup | Vpc) -> str:
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"


@pytest.mark.parametrize("environment", names())
def test_addresses_have_words_in_them_and_no_hash(synth: Synth, environment: str) -> None:
    assert [each for each in synth(environment).addresses if not READABLE.fullmatch(each)] == []


def test_an_address_is_the_path_in_the_stack(stack: ReadableAddresses) -> None:
    assert address_of(Vpc(Construct(stack, "network"), "main")) == "aws_vpc.network_main"


def test_a_last_name_that_repeats_the_type_is_left_out(stack: ReadableAddresses) -> None:
    log_group = CloudwatchLogGroup(Construct(stack, "backend"), "log_group")
    assert address_of(log_group) == "aws_cloudwatch_log_group.backend"


def test_two_resources_of_one_type_cannot_share_an_address(stack: ReadableAddresses) -> None:
    assert address_of(Vpc(Construct(stack, "a"), "b")) == "aws_vpc.a_b"
    twin = Vpc(stack, "a_b")
    with pytest.raises(RuntimeError, match=r"dev/a_b: dev/a/b has the address aws_vpc\.a_b already; rename one"):
        address_of(twin)


def test_resources_of_two_types_may_share_a_name(stack: ReadableAddresses) -> None:
    service = Construct(stack, "backend")
    assert address_of(Vpc(service, "vpc")).split(".")[1] == "backend"
    assert address_of(CloudwatchLogGroup(service, "log_group")).split(".")[1] == "backend"


@pytest.mark.parametrize("environment", names())
def test_the_json_names_no_path_of_the_machine(synth: Synth, environment: str) -> None:
    places = (str(ROOT), str(Path.home()), tempfile.gettempdir())
    assert [text for text in strings(synth(environment).document) if text.startswith(places)] == []


def test_state_is_in_a_relative_file_per_environment(synth: Synth) -> None:
    for environment in names():
        (path,) = synth(environment).document["terraform"]["backend"]["local"].values()
        in_project = (ROOT / "cdktf.out" / "stacks" / environment / path).resolve()
        assert not Path(path).is_absolute()
        assert in_project == ROOT / f"terraform.{environment}.tfstate"


def test_the_lock_file_decides_the_providers_release(dev: Stack) -> None:
    assert dev.document["terraform"]["required_providers"] == {
        "aws": {"source": "hashicorp/aws", "version": ">= 5.100, < 7"}
    }


def test_credentials_of_another_account_are_refused(dev: Stack) -> None:
    accounts = [provider["allowed_account_ids"] for provider in dev.document["provider"]["aws"]]
    assert accounts == [["123456789012"], ["123456789012"]]


def test_constructs_is_no_regular_package() -> None:
    # An __init__.py there would hide the PyPI package of the same name, and with it constructs._jsii.
    assert not (ROOT / "constructs" / "__init__.py").exists()


def test_no_folder_of_tests_has_the_name_of_the_constructs() -> None:
    # pytest would put it in front of the PyPI package.
    assert [folder for folder in (ROOT / "tests").rglob("constructs") if folder.is_dir()] == []

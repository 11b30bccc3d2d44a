"""Lines fit a terminal, and addresses stay apart in them."""

from local_cloud.console import WIDTH, fitted
from tests.unit.stack_json import Synth


def test_line_that_fits_stays_as_it_is() -> None:
    assert fitted("x" * WIDTH) == "x" * WIDTH


def test_long_address_loses_its_middle() -> None:
    line = fitted(f"  1 of 2  + aws_{'x' * 90}.prometheus_config (55s)")
    assert len(line) == WIDTH
    assert line.startswith("  1 of 2  + aws_xxx")
    assert line.endswith("x.prometheus_config (55s)")


def test_line_of_short_words_is_cut() -> None:
    assert len(fitted("word " * 40)) == WIDTH


def test_all_addresses_of_dev_stay_apart(synth: Synth) -> None:
    addresses = synth().instances
    assert len({fitted(f"  112 of 112  +/- {address} (10m10s)") for address in addresses}) == len(addresses)

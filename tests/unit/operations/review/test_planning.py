"""What a review writes into the folder of an environment."""

from operations.review.planning import without_checksums

RELEASE = 'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "5.100.0"\n'


def test_a_lock_without_checksums_locks_the_same_release() -> None:
    checksums = '  hashes = [\n    "h1:edXOJWE4",\n    "zh:054b8dd4",\n  ]\n'
    assert without_checksums(f"{RELEASE}{checksums}}}\n") == f"{RELEASE}}}\n"

"""Which stacks a provider that runs on can serve: those that configure it in one way."""

from local_cloud.running_provider import can_run_on


def test_it_cannot_serve_a_stack_of_two_regions() -> None:
    """The CDN's certificate is in us-east-1, wherever the rest is."""
    regions = [{"region": "eu-west-1"}, {"region": "us-east-1", "alias": "us_east_1"}]
    assert not can_run_on({"provider": {"aws": regions}})


def test_it_does_not_run_for_a_stack_without_it() -> None:
    assert not can_run_on({"resource": {"terraform_data": {}}})

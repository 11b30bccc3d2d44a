"""What Terraform says is read into progress, changes and causes."""

from local_cloud.progress import Progress

APPLY = """
\x1b[1mInitializing the backend...\x1b[0m
aws_vpc.network: Refreshing state... [id=vpc-1]
aws_subnet.network_public_1: Refreshing state... [id=subnet-1]
\x1b[1m  # aws_ecs_service.backend\x1b[0m will be updated in-place
\x1b[1m  # aws_ecs_task_definition.backend\x1b[0m must be \x1b[31mreplaced\x1b[0m
# aws_iam_role_policy_attachment.ecs_exec["backend"] will be created
# aws_vpc.network is tainted, so must be replaced
         # (18 unchanged attributes hidden)
         # (because key ["frontend"] is not in for_each map)
\x1b[1mPlan:\x1b[0m 2 to add, 1 to change, 1 to destroy.
aws_ecs_service.backend: Modifying... [id=arn]
aws_iam_role_policy_attachment.ecs_exec["backend"]: Creating...
aws_ecs_service.backend: Still modifying... [10s elapsed]
aws_ecs_service.backend: Modifications complete after 11s [id=arn]
\x1b[32m
Apply complete! Resources: 2 added, 1 changed, 1 destroyed.
"""


def read(text: str) -> tuple[Progress, list[str]]:
    progress = Progress()
    news = [progress.read(line) for line in text.splitlines()]
    return progress, [line for line in news if line]


def test_news_are_each_step_once_and_each_resource_done() -> None:
    assert read(APPLY)[1] == [
        "terraform init",
        "terraform plan: comparing with what is there",
        "terraform apply: 2 to add, 1 to change, 1 to destroy",
        "  1 of 4  ~ aws_ecs_service.backend (11s)",
    ]


def test_plan_is_known_by_address() -> None:
    assert read(APPLY)[0].planned == {
        "aws_ecs_service.backend": "~",
        "aws_ecs_task_definition.backend": "+/-",
        'aws_iam_role_policy_attachment.ecs_exec["backend"]': "+",
        "aws_vpc.network": "+/-",
    }


def test_counts_are_terraforms_own() -> None:
    assert read(APPLY)[0].counts == (2, 1, 1)


def test_quiet_time_names_what_goes_on() -> None:
    progress, _ = read(APPLY)
    assert progress.still() == '1 of 4 done, still at aws_iam_role_policy_attachment.ecs_exec["backend"]'
    assert Progress().still() == "still: synthesizing the stack"


def test_run_without_changes_has_no_counts() -> None:
    progress, news = read("No changes. Your infrastructure matches the configuration.")
    assert (progress.counts, news) == (None, ["terraform plan: no changes"])


def test_cause_of_a_failed_run_is_terraforms_box() -> None:
    progress, _ = read("a: Creating...\n╷\n│ Error: no room\n│ \n╵")
    assert progress.cause() == "│ Error: no room\n│"


def test_cause_of_a_failed_synthesis_is_what_the_app_said() -> None:
    progress, _ = read("environments/dev.toml: 1 error\n")
    assert progress.cause() == "environments/dev.toml: 1 error"

"""Each rule of the settings, with the whole message a person reads."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from environments import Environment

LINES = [
    line
    for line in Path(__file__).with_name("wrong_values.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("setting", "message"), list(zip(LINES[::2], LINES[1::2], strict=True)))
def test_a_wrong_value_gives_one_line(faults: Callable[..., list[str]], setting: str, message: str) -> None:
    key, value = setting.split(" = ", maxsplit=1)
    assert faults({key: json.loads(value)}) == [f"{key}: {message.strip()}"]


def test_a_missing_key_is_shown_as_the_line_to_add(faults: Callable[..., list[str]]) -> None:
    assert faults({"network.cidr": None}) == ['network.cidr: missing; add a line such as cidr = "10.0.0.0/16"']


def test_a_missing_section_is_shown_as_the_table_to_add(faults: Callable[..., list[str]]) -> None:
    assert faults({"registry.create_repositories": None}) == [
        "registry: missing; add the table [registry] with create_repositories"
    ]


@pytest.mark.parametrize(
    ("cpu", "memory_mib"),
    [(256, 2048), (512, 4096), (1024, 8192), (2048, 5120), (4096, 30720), (8192, 61440), (16384, 32768)],
)
def test_pairs_of_fargates_table_are_accepted(loaded: Callable[..., Environment], cpu: int, memory_mib: int) -> None:
    assert loaded({"services.backend.cpu": cpu, "services.backend.memory_mib": memory_mib})


@pytest.mark.parametrize(
    ("cpu", "choices"),
    [
        (512, "1024, 2048, 3072 or 4096"),
        (1024, "2048 to 8192 in steps of 1024"),
        (2048, "4096 to 16384 in steps of 1024"),
        (4096, "8192 to 30720 in steps of 1024"),
        (8192, "16384 to 61440 in steps of 4096"),
        (16384, "32768 to 122880 in steps of 8192"),
    ],
)
def test_the_default_memory_is_held_to_the_cpu_chosen(faults: Callable[..., list[str]], cpu: int, choices: str) -> None:
    assert faults({"services.backend.cpu": cpu}) == [
        f"services.backend.memory_mib: 512 is not a Fargate size for {cpu} CPU units; choose {choices}"
    ]


@pytest.mark.parametrize(
    "image",
    [
        "app:1",
        "host:5000/app:1.0",
        "localhost/a/b:v1_2",
        f"host.io/app@sha256:{'0a' * 32}",
        f"a:latest@sha256:{'0' * 64}",
    ],
)
def test_images_with_a_fixed_tag_or_digest_are_accepted(loaded: Callable[..., Environment], image: str) -> None:
    assert loaded({"services.backend.image": image})


def test_rules_across_fields_hold_beside_a_wrong_key(
    faults: Callable[..., list[str]],
) -> None:
    changes = {"services.backend.image": "app", "services.backend.memory_mib": 600}
    assert [line.split(":")[0] for line in faults(changes)] == ["services.backend.image", "services.backend.memory_mib"]


def test_a_path_is_no_expression_of_terraform(faults: Callable[..., list[str]]) -> None:
    (line,) = faults({"services.backend.health_check.path": "/${aws_vpc.network.id}"})
    assert line.endswith('"/${aws_vpc.network.id}" is not a path of a URL; write { as %7B and } as %7D')


def test_storage_may_not_be_allowed_to_grow_to_less_than_it_has(faults: Callable[..., list[str]]) -> None:
    assert faults({"database.allocated_storage_gib": 200}) == [
        "database.max_allocated_storage_gib: 100 is below the 200 GiB of allocated_storage_gib; choose 200 or more"
    ]


def test_a_domain_that_is_too_long_is_shown_cut(faults: Callable[..., list[str]]) -> None:
    assert faults({"domain": "a." * 126 + "xy"}) == [
        (
            f"domain: {('a.' * 100)[:199]}… is not a domain: it has 254 characters of at most 253; "
            "give one such as davidshaevel.com"
        )
    ]


def test_the_longest_domain_that_fits_a_certificate_is_accepted(loaded: Callable[..., Environment]) -> None:
    assert loaded({"domain": f"{'a' * 60}.com"})


def test_oidc_needs_a_repository_and_a_branch(faults: Callable[..., list[str]]) -> None:
    assert faults({"delivery.principal": "oidc"}) == [
        (
            'delivery.repository: missing; with principal = "oidc" add a line such as '
            'repository = "davidshaevel/website"'
        ),
        'delivery.branch: missing; with principal = "oidc" add a line such as branch = "main"',
    ]


@pytest.mark.parametrize("branch", ["main", "release/1.x", "fix-#12"])
def test_a_branch_may_have_folders_and_signs(loaded: Callable[..., Environment], branch: str) -> None:
    changes = {"delivery.principal": "oidc", "delivery.repository": "O-1/n.a_m-e", "delivery.branch": branch}
    assert loaded(changes).delivery.branch == branch


def test_a_tag_may_be_empty(loaded: Callable[..., Environment]) -> None:
    assert loaded({"tags.Owner": ""}).tags == {"Owner": ""}


def test_tag_keys_that_differ_only_in_case_are_refused(faults: Callable[..., list[str]]) -> None:
    assert faults({"tags.owner": "a", "tags.Owner": "b"}) == [
        "tags: the keys owner and Owner differ only in their case, which IAM refuses; keep one"
    ]


def test_a_long_project_gets_a_line_per_kind_of_name(faults: Callable[..., list[str]]) -> None:
    lines = [line.replace("p" * 60, "P") for line in faults({"project": "p" * 60, "services.backend.image": "a"})]
    assert lines[:3] == [
        f"project: the {name} has {length} characters of at most {limit}; choose a project of at most {fits} characters"
        for name, length, limit, fits in [
            ("load balancer name dev-P-alb", 68, 32, 24),
            ("IAM role name dev-P-ecs-task-execution-role", 88, 64, 36),
            ("database identifier P-dev-db", 67, 63, 56),
        ]
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Dev", "Dev is not an environment's name; rename the file: start with a lower-case letter"),
        ("internal", "internal cannot start a load balancer's name, AWS keeps it; rename the file"),
    ],
)
def test_a_files_name_that_cannot_name_resources_is_refused(
    faults: Callable[..., list[str]], name: str, message: str
) -> None:
    assert faults(name=name)[0].startswith(f"name: {message}")


def test_a_files_name_must_leave_room_for_a_project(faults: Callable[..., list[str]]) -> None:
    assert "has 45 characters of at most 32; rename the file, it is too long" in faults(name="e" * 28)[0]


@pytest.mark.parametrize(
    ("instance_class", "connections"),
    [("db.t3.micro", 112), ("db.t4g.medium", 450), ("db.m6g.large", 901), ("db.r6i.32xlarge", 5000)],
)
def test_max_connections_are_rdss_default_for_the_classs_memory(
    loaded: Callable[..., Environment], instance_class: str, connections: int
) -> None:
    environment = loaded({"database.instance_class": instance_class})
    assert environment.database.max_connections == connections


def test_alarms_go_to_one_topic(faults: Callable[..., list[str]]) -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:alarms"
    assert faults({"alarms.topic_arn": topic, "alarms.email": "ops@acme.org"}) == [
        "alarms.email: topic_arn is given too; subscribe ops@acme.org to that topic, and remove this line"
    ]


def autoscaling(**settings: object) -> dict[str, object]:
    return {f"services.backend.autoscaling.{key}": value for key, value in settings.items()}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"min_count": 3, "max_count": 6, "cpu_percent": 60},
            "desired_count: 2 is outside the bounds of autoscaling; choose 3 to 6",
        ),
        (
            {"min_count": 0, "max_count": 6, "cpu_percent": 60},
            "autoscaling.min_count: 0 is not a number of tasks to scale to; choose 1 to 5000",
        ),
        (
            {"min_count": 4, "max_count": 3, "cpu_percent": 60},
            "autoscaling.max_count: 3 is below min_count, 4; choose 4 or more",
        ),
        (
            {"min_count": 1, "max_count": 6},
            (
                "autoscaling.requests_per_target: missing, as is cpu_percent; "
                "add one of them or both, such as cpu_percent = 60"
            ),
        ),
        (
            {"min_count": 1, "max_count": 6, "cpu_percent": 101},
            "autoscaling.cpu_percent: 101 is not a CPU use in percent; choose 1 to 100",
        ),
        (
            {"min_count": 1, "max_count": 6, "requests_per_target": 0},
            "autoscaling.requests_per_target: 0 is not a number of requests per minute; choose 1 to 10000000",
        ),
        ({"max_count": 6, "cpu_percent": 60}, "autoscaling.min_count: missing; add a line such as min_count = 2"),
        (
            {"min_count": 1, "max_count": 6, "cpu_percent": 60, "cpu_pct": 60},
            "autoscaling.cpu_pct: unknown key; did you mean cpu_percent?",
        ),
    ],
)
def test_autoscaling_that_cannot_work_is_told(
    faults: Callable[..., list[str]], settings: dict[str, object], message: str
) -> None:
    assert faults(autoscaling(**settings)) == [f"services.backend.{message}"]


@pytest.mark.parametrize("count", [1, 2, 6])
def test_the_desired_count_is_within_the_bounds(loaded: Callable[..., Environment], count: int) -> None:
    bounds = autoscaling(min_count=1, max_count=6, cpu_percent=60)
    assert loaded({**bounds, "services.backend.desired_count": count})


@pytest.mark.parametrize("name", ["abc", "acme-logs", "logs.acme.org", "1" * 63])
def test_buckets_names_that_aws_takes_are_accepted(loaded: Callable[..., Environment], name: str) -> None:
    assert loaded({"load_balancer.access_logs_bucket": name})


@pytest.mark.parametrize("key", ["command", "container_health_check", "deployment_alarms"])
def test_no_text_of_a_list_is_a_token_of_cdktf(faults: Callable[..., list[str]], key: str) -> None:
    (line,) = faults({f"services.backend.{key}": ["CMD", "#{TfToken[TOKEN.1]}"]})
    assert line.startswith(
        f'services.backend.{key}[1]: "#{{TfToken[TOKEN.1]}}" has {{TfToken[ in it, which cdktf keeps'
    )

"""The IAM policies that an operator needs: for ``exec``, ``audit`` and ``verify``, and no more than they use.

A test records every call of these commands and holds it against these policies.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from environments import Environment
from environments.arns import Arns
from environments.exec_operator import Statement, allow, new_data_key, read_cluster, read_ecs, use_exec

# Any: a policy document.
PolicyDocument = dict[str, Any]


def exec_policy(environment: Environment) -> PolicyDocument:
    """Return the policy of who runs commands in containers."""
    return _document(*_run_commands(environment))


def audit_policy(environment: Environment) -> PolicyDocument:
    """Return the policy of who audits ECS Exec; it reads, and opens no session."""
    return _document(
        read_ecs(environment),
        _read_sessions(environment),
        _read_permissions(environment),
        _read_network(),
        _read_schedules(environment),
    )


def verify_policy(environment: Environment) -> PolicyDocument:
    """Return the policy of who verifies an environment: the audit, commands in containers, logs and registrations."""
    return _document(
        *_run_commands(environment),
        _read_sessions(environment),
        _read_permissions(environment),
        _read_network(),
        _read_rollouts(environment),
        _read_logs_and_names(environment),
        _read_schedules(environment),
        _find_runs(environment),
        _read_public_path(environment),
    )


def _document(*groups: Sequence[Statement]) -> PolicyDocument:
    """Join groups of statements; sts:GetCallerIdentity needs none."""
    statements: list[Statement] = []
    statements += (each for group in groups for each in group if each not in statements)
    return {"Version": "2012-10-17", "Statement": statements}


def _run_commands(environment: Environment) -> list[list[Statement]]:
    """Return what it takes to run commands in containers."""
    return [read_ecs(environment), use_exec(environment), new_data_key(environment)]


def _read_sessions(environment: Environment) -> list[Statement]:
    """Return what it takes to see how the cluster logs and encrypts sessions."""
    arns = environment.arns
    return [
        read_cluster(environment),
        allow("FindLogGroups", ["logs:DescribeLogGroups"], [arns.regional("logs", "log-group:*")]),
        allow("ReadKeys", ["kms:DescribeKey"], [arns.regional("kms", "key/*")]),
    ]


def _read_permissions(environment: Environment) -> list[Statement]:
    """Return what it takes to find out what task roles, and the caller, may do."""
    arns = environment.arns
    own_roles = [arns.iam(f"role/{environment.prefix}-*")]
    policies = [arns.iam("policy/*"), arns.aws_managed_policy("*")]
    inline = ["iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy"]
    return [
        # The caller's own role has whatever name it has.
        allow("ReadRoles", ["iam:GetRole"], [arns.iam("role/*")]),
        allow("SimulatePolicies", ["iam:SimulatePrincipalPolicy"], [arns.iam("role/*"), arns.iam("user/*")]),
        allow("ReadPoliciesOfTaskRoles", inline, own_roles),
        allow("ReadManagedPolicies", ["iam:GetPolicy", "iam:GetPolicyVersion"], policies),
    ]


def _read_network() -> list[Statement]:
    # EC2 has no resources for these.
    return [allow("ReadNetwork", ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeVpcEndpoints"], ["*"])]


def _read_rollouts(environment: Environment) -> list[Statement]:
    """Return what it takes to see that ECS rolled a deployment back, and why."""
    arns, cluster = environment.arns, environment.cluster_name
    resources = [arns.regional("ecs", f"{kind}/{cluster}/*") for kind in ("service", "service-deployment")]
    return [allow("ReadRollouts", ["ecs:ListServiceDeployments", "ecs:DescribeServiceDeployments"], resources)]


def _read_schedules(environment: Environment) -> list[Statement]:
    """Return what it takes to see the schedules of jobs; nothing without a job."""
    names = [environment.service_name(job) for job in environment.jobs]
    schedules = [environment.arns.regional("scheduler", f"schedule/default/{name}") for name in names]
    return [allow("ReadSchedules", ["scheduler:GetSchedule"], schedules)] if schedules else []


def _find_runs(environment: Environment) -> list[Statement]:
    """Return what it takes to find the logs of jobs' runs; nothing without a job."""
    groups = [f"log-group:/ecs/{environment.prefix}/{job}:*" for job in environment.jobs]
    logs = [environment.arns.regional("logs", group) for group in groups]
    return [allow("FindRuns", ["logs:DescribeLogStreams"], logs)] if logs else []


def _read_logs_and_names(environment: Environment) -> list[Statement]:
    """Return what it takes to read the logs of services, and the registrations of their tasks."""
    arns = environment.arns
    logs = [arns.regional("logs", f"log-group:/ecs/{environment.prefix}/*")]
    return [
        allow("ReadLogs", ["logs:FilterLogEvents", "logs:GetLogEvents"], logs),
        # Their ids are Cloud Map's choice.
        allow(
            "ReadRegistrations",
            ["servicediscovery:GetNamespace", "servicediscovery:GetService", "servicediscovery:ListInstances"],
            [arns.regional("servicediscovery", "namespace/*"), arns.regional("servicediscovery", "service/*")],
        ),
    ]


def _read_public_path(environment: Environment) -> list[Statement]:
    """Return what it takes to look at load balancer, distribution and database."""
    described = ("LoadBalancers", "Listeners", "Rules", "TargetHealth")
    # Neither of the two services has resources for these.
    public = [*(f"elasticloadbalancing:Describe{each}" for each in described), "cloudfront:ListDistributions"]
    arns = environment.arns
    database = arns.regional("rds", f"db:{environment.project}-{environment.name}-db")
    return [
        allow("ReadPublicPath", public, ["*"]),
        allow("ReadCertificates", ["acm:DescribeCertificate"], _certificates(arns)),
        allow("ReadDatabase", ["rds:DescribeDBInstances"], [database]),
    ]


def _certificates(arns: Arns) -> list[str]:
    # CloudFront's are in us-east-1, wherever the platform is.
    regions = sorted({arns.region, "us-east-1"})
    return [replace(arns, region=region).regional("acm", "certificate/*") for region in regions]

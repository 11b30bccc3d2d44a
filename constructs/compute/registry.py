"""The ECR repositories of the platform's own images."""

import json
from collections.abc import Iterable

from constructs import Construct

from ..bindings import (
    EcrLifecyclePolicy,
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
    TerraformResourceLifecycle,
)

KEPT_IMAGES = 10


class Registry(Construct):
    """One ECR repository per service, with immutable tags, scanned on push, the last ten images kept.

    The names have no environment in them, so one environment per account has this construct. Another name or encryption
    replaces the repository and its images.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """

    def __init__(self, scope: Construct, id_: str, *, project: str, services: Iterable[str]) -> None:
        super().__init__(scope, id_)
        self.repositories = {service: self._repository(project, service) for service in services}

    def _repository(self, project: str, service: str) -> EcrRepository:
        scope = Construct(self, service)
        repository = EcrRepository(
            scope,
            "repository",
            name=repository_name(project, service),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[EcrRepositoryEncryptionConfiguration(encryption_type="AES256")],
            tags={"Name": f"{project}-{service}-ecr", "Application": service},
        )
        EcrLifecyclePolicy(
            scope,
            "lifecycle_policy",
            repository=repository.name,
            policy=_keep_last(KEPT_IMAGES),
            # The provider replaces a policy whose text is another, be it a word of the description.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["policy"]),
        )
        return repository


def repository_name(project: str, service: str) -> str:
    """Return the name of a service's repository, whichever environment of the account creates it."""
    return f"{project}/{service}"


def _keep_last(count: int) -> str:
    rule = {
        "rulePriority": 1,
        "description": f"Keep last {count} images",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count},
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]})

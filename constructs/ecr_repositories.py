"""The ECR repositories of the images that are built here."""

import json

from environments import Environment

from .bindings import (
    Construct,
    EcrLifecyclePolicy,
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
    TerraformResourceLifecycle,
)

KEPT_IMAGES = 10


class EcrRepositories(Construct):
    """One ECR repository per service that has one, with immutable tags, scanned on push, the last ten images kept.

    The names have no environment in them, so one environment per account creates them; in any other this is empty.
    Changing the name or the encryption replaces the repository and its images. AWS keeps a repository with images in
    it: the apply that should destroy it fails.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment) -> None:
        super().__init__(scope, id_)
        self._project = environment.project
        services = environment.services if environment.registry.create_repositories else {}
        self.by_service = {
            name: self._repository(name) for name, settings in services.items() if settings.is_built_here
        }

    def _repository(self, service: str) -> EcrRepository:
        scope = Construct(self, service)
        repository = EcrRepository(
            scope,
            "repository",
            name=repository_name(self._project, service),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[EcrRepositoryEncryptionConfiguration(encryption_type="AES256")],
            tags={"Name": f"{self._project}-{service}-ecr", "Application": service},
        )
        EcrLifecyclePolicy(
            scope,
            "lifecycle_policy",
            repository=repository.name,
            policy=_keep_last(KEPT_IMAGES),
            # The provider replaces a policy whose text differs, even in the description.
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

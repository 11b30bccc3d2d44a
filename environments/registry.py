"""What an environment decides about the image repositories (ECR)."""

from pydantic import Field

from environments.base import Boolean, Settings


class RegistrySettings(Settings):
    """Whether this environment creates the account's repositories; no default, the environment decides it.

    The repositories' names have no environment in them, so exactly one environment per account may create them:
    `load_all` raises `SettingsError` for two. Switching it off destroys the repositories.
    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html
    """

    create_repositories: Boolean = Field(examples=[True])

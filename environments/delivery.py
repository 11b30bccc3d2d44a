"""What an environment decides about its CI/CD: who may deliver new revisions of the services."""

from typing import Annotated, Literal

from pydantic import ValidationInfo, field_validator

from environments.base import Settings, format_value, matching

Repository = Annotated[
    str,
    matching(
        r"[A-Za-z0-9-]{1,39}/[\w.-]{1,100}",
        "a GitHub repository",
        "write OWNER/NAME, without https://github.com/",
    ),
]
Branch = Annotated[
    str,
    matching(
        r"[\w.@#+-]+(/[\w.@#+-]+)*",
        "a branch",
        "write its name without refs/heads/: letters, digits and . _ - / @ # +",
    ),
]
_EXAMPLES = {"repository": "davidshaevel/website", "branch": "main"}


class DeliverySettings(Settings):
    """Who delivers: an IAM user, whose keys must be made and kept, or GitHub's OIDC tokens, which need none.

    With `oidc`, only workflows on one branch of one GitHub repository are trusted, both written as on GitHub; a job
    with a GitHub environment has another subject and is not. The account must have GitHub's identity provider: one
    serves all its environments. Changing `principal` replaces the user by a role, or the role by a user; delete the
    user's keys before, else AWS keeps it.
    Source: https://docs.github.com/actions/reference/openid-connect-reference
    """

    principal: Literal["user", "oidc"] = "user"
    repository: Repository | None = None
    branch: Branch | None = None

    @field_validator("repository", "branch")
    @classmethod
    def _with_oidc_only(cls, value: str | None, info: ValidationInfo) -> str | None:
        key = str(info.field_name)
        principal = info.data.get("principal")
        if principal == "oidc" and value is None:
            raise ValueError(f'missing; with principal = "oidc" add a line such as {key} = "{_EXAMPLES[key]}"')
        if principal == "user" and value is not None:
            raise ValueError(f'{format_value(value)} is for principal = "oidc" alone; choose that, or remove this line')
        return value

"""What a container is given: arguments, environment variables, and secrets as environment variables."""

from typing import Annotated

from pydantic import AfterValidator

from environments.base import format_value, matching

_TOKEN = "{TfToken["  # noqa: S105 - no secret


def _no_token(value: str) -> str:
    # cdktf marks its own references so: it would put another value in place of the text, or end with a traceback.
    if _TOKEN in value:
        raise ValueError(f"{format_value(value)} has {_TOKEN} in it, which cdktf keeps for itself; write it otherwise")
    return value


Text = Annotated[str, AfterValidator(_no_token)]
"""Any text, given as it is written: what Terraform would evaluate in it is escaped."""

_TEXT = r"[^\x00-\x08\x0b-\x1f\x7f]*"

Argument = Annotated[Text, matching(rf"(?s){_TEXT}", "an argument", "remove its control characters")]
"""One word of a command line, as the program gets it: no shell reads it."""

VariableName = Annotated[
    str,
    matching(r"[A-Za-z_]\w*", "a variable's name", "start with a letter or _, then letters, digits and _"),
]

AlarmName = Annotated[
    Text,
    matching(r"[ -~]{1,255}", "an alarm's name", "give 1 to 255 characters, as in CloudWatch"),
]

# With the key of a secret behind it, as ECS spells it; a partition is AWS's world, such as aws or aws-cn.
# Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
SecretArn = Annotated[
    str,
    matching(
        r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+(:[\w.@-]*:[\w.@-]*:[\w.@-]*)?"
        r"|arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter/[\w/.-]+",
        "the ARN of a secret",
        "give that of a Secrets Manager secret, with :key:: behind it for one of its keys, or of an SSM parameter",
    ),
]

DATABASE_VARIABLES = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_PASSWORD", "DB_USERNAME")
"""What a service gets that connects to the database."""

"""What an environment decides about who hears of its alarms."""

import re
from typing import Annotated

from pydantic import ValidationInfo, field_validator

from environments.base import Boolean, Settings, decided, format_value, matching

# A topic for FIFO, whose name ends with .fifo, cannot be the target of an EventBridge rule.
_TOPIC_ARN = re.compile(r"arn:aws[a-z-]*:sns:(?P<region>[a-z0-9-]+):\d{12}:[\w-]{1,256}", re.ASCII)

Email = Annotated[
    str,
    matching(
        r"[\w.+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", "an e-mail address", "give one such as ops@acme.org"
    ),
]


class AlarmsSettings(Settings):
    """Who hears of alarms: the subscribers of an SNS topic of yours, or an e-mail address, for which one is created.

    With neither, the database's alarms notify no one, and services have none. Both change in place; another address
    has to confirm its subscription.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html

    `exec_sessions` notifies them of every ECS Exec session too. EventBridge learns of it from a trail of CloudTrail's.
    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """

    # Order matters: a rule sees what was validated above it.
    topic_arn: str | None = None
    email: Email | None = None
    exec_sessions: Boolean = False

    @field_validator("topic_arn")
    @classmethod
    def _topic_of_this_region(cls, arn: str | None, info: ValidationInfo) -> str | None:
        if arn is None:
            return None
        parts = _TOPIC_ARN.fullmatch(arn)
        if parts is None:
            raise ValueError(
                f"{format_value(arn)} is not the ARN of a standard SNS topic; "
                "give one such as arn:aws:sns:us-east-1:123456789012:alarms"
            )
        ours = decided(info).get("region")
        if ours and parts["region"] != ours:
            raise ValueError(f"{format_value(arn)} is of region {parts['region']}; choose a topic of {ours}")
        return arn

    @field_validator("email")
    @classmethod
    def _one_topic(cls, email: str | None, info: ValidationInfo) -> str | None:
        if email and info.data.get("topic_arn"):
            raise ValueError(f"topic_arn is given too; subscribe {email} to that topic, and remove this line")
        return email

    @field_validator("exec_sessions")
    @classmethod
    def _with_a_listener(cls, exec_sessions: bool, info: ValidationInfo) -> bool:
        # A topic or an address that is wrong is reported already.
        if exec_sessions and {"topic_arn", "email"} <= info.data.keys() and not any(info.data.values()):
            raise ValueError('true, but no one is notified; add topic_arn, or a line such as email = "ops@acme.org"')
        return exec_sessions

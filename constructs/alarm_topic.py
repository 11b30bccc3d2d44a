"""The SNS topic that alarms and notices are published to."""

import json

from environments import Environment

from .bindings import Construct, SnsTopic, SnsTopicPolicy, SnsTopicSubscription


class AlarmTopic(Construct):
    """The topic that the environment names, or one of the platform's with an e-mail address as its subscriber.

    ``arn`` is None if the environment chooses neither. AWS sends the address a link to confirm the subscription: until
    then it gets nothing. Another address replaces the subscription.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sns_topic_subscription
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment) -> None:
        super().__init__(scope, id_)
        self._name = f"{environment.prefix}-alarms"
        self._alarms = environment.arns.regional("cloudwatch", "alarm:*")
        email = environment.alarms.email
        self.arn = self._topic(email) if email else environment.alarms.topic_arn

    @property
    def actions(self) -> list[str] | None:
        """What an alarm does when it goes on, and when it goes off again."""
        return [self.arn] if self.arn else None

    def _topic(self, email: str) -> str:
        topic = SnsTopic(self, "topic", name=self._name, tags={"Name": self._name})
        SnsTopicPolicy(self, "policy", arn=topic.arn, policy=self._publishers(topic.arn))
        SnsTopicSubscription(self, "subscription", topic_arn=topic.arn, protocol="email", endpoint=email)
        return topic.arn

    def _publishers(self, topic_arn: str) -> str:
        """Let the account's alarms and EventBridge publish.

        https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
        """
        alarms = {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"ArnLike": {"aws:SourceArn": self._alarms}},
        }
        # Without a condition: EventBridge supports none in the policy of a topic, and would deliver nothing.
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
        events = {
            "Sid": "Events",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [alarms, events]})

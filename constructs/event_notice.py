"""An event of AWS that a topic's subscribers read as a sentence."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .bindings import (
    CloudwatchEventRule,
    CloudwatchEventTarget,
    CloudwatchEventTargetInputTransformer,
    Construct,
)


@dataclass(frozen=True)
class Notice:
    """Which events are told, and how: ``text`` has the names of ``paths`` in angle brackets.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """

    description: str
    pattern: Mapping[str, object]
    paths: Mapping[str, str]
    text: str


class EventNotice(Construct):
    """An EventBridge rule that publishes a notice of each event that it matches. Changing the name replaces it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, topic_arn: str, notice: Notice) -> None:
        super().__init__(scope, id_)
        rule = CloudwatchEventRule(
            self,
            "rule",
            name=name,
            description=notice.description,
            event_pattern=json.dumps(notice.pattern),
            tags={"Name": name},
        )
        CloudwatchEventTarget(
            self,
            "target",
            rule=rule.name,
            # Without it the provider generates one, and another one after a killed deploy: a second target.
            target_id="topic",
            arn=topic_arn,
            input_transformer=CloudwatchEventTargetInputTransformer(
                input_paths=dict(notice.paths), input_template=json.dumps(notice.text)
            ),
        )

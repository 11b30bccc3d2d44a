"""The log of a VPC's traffic."""

from environments import Environment

from .bindings import CloudwatchLogGroup, Construct, FlowLog, IamRolePolicy, Vpc
from .iam import Statement, Trusted, policy, service_role

# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
FLOW_LOGS = Trusted("vpc-flow-logs.amazonaws.com", ("ec2", "vpc-flow-log/*"))


class FlowLogs(Construct):
    """All traffic of a VPC, accepted and rejected, in a CloudWatch log group; retention in days.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment, *, vpc: Vpc) -> None:
        super().__init__(scope, id_)
        prefix = environment.prefix
        self.log_group = CloudwatchLogGroup(
            self,
            "log_group",
            name=f"/aws/vpc/{prefix}-flow-logs",
            retention_in_days=environment.log_retention_days,
            tags={"Name": f"{prefix}-vpc-flow-logs"},
        )
        self._role = service_role(
            self,
            "role",
            environment,
            trusted=FLOW_LOGS,
            name=f"{prefix}-vpc-flow-logs-role",
            tags={"Name": f"{prefix}-vpc-flow-logs-role"},
        )
        may_write = IamRolePolicy(
            self,
            "policy",
            name=f"{prefix}-vpc-flow-logs-policy",
            role=self._role.id,
            policy=policy(self._write_to_log_group()),
        )
        FlowLog(
            self,
            "flow_log",
            vpc_id=vpc.id,
            traffic_type="ALL",
            iam_role_arn=self._role.arn,
            log_destination=self.log_group.arn,
            # The flow log has the status "Access error" until its role may write, and loses the first records.
            depends_on=[may_write],
            tags={"Name": f"{prefix}-vpc-flow-logs"},
        )

    def _write_to_log_group(self) -> Statement:
        return {
            "actions": [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            "resources": [f"{self.log_group.arn}:*"],
        }

"""One probe per gap of moto: true where the gap is closed. As a program it prints all answers, in one process.

``extended`` asks moto with this project's extension, ``plain`` moto as it is.
"""

import contextlib
import gc
import io
import json
import os
import socket
import sys
import threading
import zipfile
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.descriptions import read_descriptions_once
from local_cloud.server import configure_moto
from tests.unit.local_cloud.ecs_platform import client, create_service, discovery_service, network, tasks

SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]


def iam_has_managed_policies() -> bool:
    arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    try:
        return bool(client("iam").get_policy(PolicyArn=arn)["Policy"]["Arn"] == arn)
    except ClientError:
        return False


def iam_has_githubs_identity_provider() -> bool:
    providers = client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return any(each["Arn"].endswith("/token.actions.githubusercontent.com") for each in providers)


def an_answer_is_of_its_own_request() -> bool:
    from moto.ecs.responses import EC2ContainerServiceResponse  # noqa: PLC0415 - moto reads its settings when imported

    one, other = EC2ContainerServiceResponse(), EC2ContainerServiceResponse()
    one._exclude_from_response("tags")  # noqa: SLF001 - what describe_tasks does where no tags were asked for
    return "tags" not in other.RESPONSE_KEY_PATH_TO_TRANSFORMER


def acm_issues_at_once() -> bool:
    acm = client("acm")
    arn = acm.request_certificate(DomainName="example.com", ValidationMethod="DNS")["CertificateArn"]
    return bool(acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED")


def rds_windows_may_touch() -> bool:
    try:
        _create_database(PreferredBackupWindow="03:00-04:00", PreferredMaintenanceWindow="sun:04:00-sun:05:00")
    except ClientError:
        return False
    return True


def rds_keeps_performance_insights() -> bool:
    database = _create_database(EnablePerformanceInsights=True)
    return bool(database.get("PerformanceInsightsEnabled")) and database["PerformanceInsightsRetentionPeriod"] == 7


def rds_modifies_performance_insights() -> bool:
    _create_database(EnablePerformanceInsights=True)
    modified = client("rds").modify_db_instance(DBInstanceIdentifier="db", EnablePerformanceInsights=False)
    return modified["DBInstance"].get("PerformanceInsightsEnabled") is False


def rds_says_whose_a_parameter_is() -> bool:
    rds = client("rds")
    rds.create_db_parameter_group(DBParameterGroupName="g", DBParameterGroupFamily="postgres15", Description="d")
    tls = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "pending-reboot"}
    rds.modify_db_parameter_group(DBParameterGroupName="g", Parameters=[tls])
    (parameter,) = rds.describe_db_parameters(DBParameterGroupName="g")["Parameters"]
    return bool(parameter.get("Source") == "user")


def rds_leaves_the_secret_of_a_managed_password() -> bool:
    managed = {"MasterUsername": "dbadmin", "ManageMasterUserPassword": True}
    secret = _create_database(**managed)["MasterUserSecret"]
    modified = client("rds").modify_db_instance(DBInstanceIdentifier="db", ManageMasterUserPassword=True)
    return bool(modified["DBInstance"]["MasterUserSecret"]["SecretArn"] == secret["SecretArn"])


def rds_gives_each_database_its_own_resource_id() -> bool:
    names = ("db", "db2")
    ids = {name: _create_database(DBInstanceIdentifier=name)["DbiResourceId"] for name in names}
    wanted = [{"Name": "dbi-resource-id", "Values": [ids["db2"]]}]
    found = client("rds").describe_db_instances(Filters=wanted)["DBInstances"]
    return [each["DBInstanceIdentifier"] for each in found] == ["db2"]


def ec2_keeps_group_rule_description() -> bool:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="alb", Description="alb", VpcId=vpc)["GroupId"]
    pair = {"GroupId": group, "Description": "from the load balancer"}
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [pair]}
    rules = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])["SecurityGroupRules"]
    return bool(rules[0].get("Description") == pair["Description"])


def ec2_nat_gateway_leaves_no_interface() -> bool:
    ec2 = client("ec2")
    subnet = network()["awsvpcConfiguration"]["subnets"][0]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    return not ec2.describe_network_interfaces()["NetworkInterfaces"]


def ecs_keeps_enable_execute_command() -> bool:
    return create_service(enableExecuteCommand=True).get("enableExecuteCommand") is True


def ecs_keeps_grace_period() -> bool:
    return create_service(healthCheckGracePeriodSeconds=60).get("healthCheckGracePeriodSeconds") == 60


def ecs_keeps_deployment_configuration() -> bool:
    configuration = {"maximumPercent": 200, "minimumHealthyPercent": 0}
    kept = create_service(deploymentConfiguration=configuration).get("deploymentConfiguration", {})
    return bool(configuration.items() <= kept.items())


def ecs_keeps_managed_tags() -> bool:
    return create_service(enableECSManagedTags=True).get("enableECSManagedTags") is True


def ecs_keeps_zone_rebalancing() -> bool:
    return create_service(availabilityZoneRebalancing="ENABLED").get("availabilityZoneRebalancing") == "ENABLED"


def ecs_keeps_capacity_providers() -> bool:
    return create_service(capacityProviderStrategy=SPOT).get("capacityProviderStrategy") == SPOT


def ecs_has_no_launch_type_beside_capacity_providers() -> bool:
    return "launchType" not in create_service(capacityProviderStrategy=SPOT)


def ecs_keeps_when_a_revision_was_registered() -> bool:
    arn = create_service()["taskDefinition"]
    return "registeredAt" in client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]


def ecs_services_start_tasks() -> bool:
    create_service()
    return len(tasks()) == 2


def ecs_keeps_the_deployments_of_a_service() -> bool:
    create_service()
    ecs = client("ecs")
    try:
        listed = ecs.list_service_deployments(cluster="dev", service="backend")["serviceDeployments"]
        arns = [each["serviceDeploymentArn"] for each in listed]
        described = ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]
    except NotImplementedError:
        return False
    return [each["status"] for each in described] == ["SUCCESSFUL"]


def ecs_registers_tasks_with_the_load_balancer() -> bool:
    vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    elb, target = client("elbv2"), {"Name": "tg", "Protocol": "HTTP", "Port": 3001, "VpcId": vpc, "TargetType": "ip"}
    arn = elb.create_target_group(**target)["TargetGroups"][0]["TargetGroupArn"]
    create_service(loadBalancers=[{"targetGroupArn": arn, "containerName": "backend", "containerPort": 3001}])
    targets = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return [each["TargetHealth"]["State"] for each in targets] == ["healthy", "healthy"]


def ecs_executes_commands() -> bool:
    create_service(enableExecuteCommand=True)
    task = tasks()[0]["taskArn"] if tasks() else "0" * 32
    request = {"cluster": "dev", "task": task, "container": "backend", "command": "true", "interactive": True}
    try:
        client("ecs").execute_command(**request)
    except NotImplementedError:
        return False
    except ClientError as error:
        # There is no agent to run it.
        return "runs no containers" in str(error)
    return True


def ssm_resumes_sessions() -> bool:
    try:
        client("ssm").resume_session(SessionId="session")
    except NotImplementedError:
        return False
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "DoesNotExistException")
    return False


def ssm_terminates_sessions() -> bool:
    try:
        return bool(client("ssm").terminate_session(SessionId="session")["SessionId"] == "session")
    except NotImplementedError:
        return False


def cloud_map_takes_namespace_from_dns_config() -> bool:
    service = discovery_service()
    return "NamespaceId" in service and service["NamespaceId"] == service["DnsConfig"]["NamespaceId"]


def cloud_map_namespace_leaves_no_zone() -> bool:
    service = discovery_service()
    client("servicediscovery").delete_namespace(Id=service["DnsConfig"]["NamespaceId"])
    return not client("route53").list_hosted_zones()["HostedZones"]


def cloud_map_lists_the_services_of_a_namespace() -> bool:
    discovery_service()
    other = [{"Name": "NAMESPACE_ID", "Values": ["ns-other"], "Condition": "EQ"}]
    return not client("servicediscovery").list_services(Filters=other)["Services"]


def autoscaling_keeps_tags() -> bool:
    create_service()
    autoscaling = client("application-autoscaling")
    target = {"ServiceNamespace": "ecs", "ResourceId": "service/dev/backend"}
    dimension, bounds = "ecs:service:DesiredCount", {"MinCapacity": 1, "MaxCapacity": 2}
    registered = autoscaling.register_scalable_target(
        **target, ScalableDimension=dimension, **bounds, Tags={"Name": "a", "Owner": "b"}
    )
    arn = registered["ScalableTargetARN"]
    try:
        autoscaling.tag_resource(ResourceARN=arn, Tags={"Name": "c"})
        autoscaling.untag_resource(ResourceARN=arn, TagKeys=["Owner"])
        return bool(autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"Name": "c"})
    except NotImplementedError:
        return False


def logs_changes_the_key_of_a_group() -> bool:
    logs = client("logs")
    arn = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    logs.create_log_group(logGroupName="exec")
    try:
        logs.associate_kms_key(logGroupName="exec", kmsKeyId=arn)
        with_key = logs.describe_log_groups()["logGroups"][0]
        logs.disassociate_kms_key(logGroupName="exec")
    except NotImplementedError:
        return False
    without_key = logs.describe_log_groups()["logGroups"][0]
    return with_key.get("kmsKeyId") == arn and "kmsKeyId" not in without_key


def logs_names_no_group_for_a_key() -> bool:
    try:
        client("logs").disassociate_kms_key(logGroupName="none")
    except NotImplementedError:
        return False
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "ResourceNotFoundException")
    return False


def cloudfront_has_managed_cache_policies() -> bool:
    cloudfront = client("cloudfront")
    try:
        listed = [each["CachePolicy"] for each in cloudfront.list_cache_policies()["CachePolicyList"]["Items"]]
        got = [cloudfront.get_cache_policy(Id=each["Id"])["CachePolicy"] for each in listed]
    except (BotoCoreError, ClientError):
        return False
    names = {each["CachePolicyConfig"]["Name"] for each in got}
    return got == listed and {"Managed-CachingOptimized", "Managed-CachingDisabled"} <= names


def cloudfront_has_managed_origin_request_policies() -> bool:
    cloudfront = client("cloudfront")
    try:
        items = cloudfront.list_origin_request_policies()["OriginRequestPolicyList"]["Items"]
        listed = [each["OriginRequestPolicy"] for each in items]
        got = [cloudfront.get_origin_request_policy(Id=each["Id"])["OriginRequestPolicy"] for each in listed]
    except (BotoCoreError, ClientError):
        return False
    names = {each["OriginRequestPolicyConfig"]["Name"] for each in got}
    return got == listed and {"Managed-AllViewer", "Managed-HostHeaderOnly"} <= names


def cloudfront_has_the_managed_security_headers() -> bool:
    cloudfront = client("cloudfront")
    try:
        items = cloudfront.list_response_headers_policies()["ResponseHeadersPolicyList"]["Items"]
        listed = [each["ResponseHeadersPolicy"] for each in items]
        got = [cloudfront.get_response_headers_policy(Id=each["Id"])["ResponseHeadersPolicy"] for each in listed]
    except (BotoCoreError, ClientError):
        return False
    return got == listed and "Managed-SecurityHeadersPolicy" in {
        each["ResponseHeadersPolicyConfig"]["Name"] for each in got
    }


def cloudfront_names_what_is_no_policy() -> bool:
    try:
        client("cloudfront").get_cache_policy(Id="none")
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "NoSuchCachePolicy")
    return False


def cloudfront_has_no_forwarded_values_beside_a_cache_policy() -> bool:
    behaviour = {"TargetOriginId": "alb", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "id"}
    paths = {"Quantity": 1, "Items": [{"PathPattern": "/api/*", **behaviour}]}
    config = _create_distribution(DefaultCacheBehavior=behaviour, CacheBehaviors=paths)
    behaviours = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]["Items"]]
    return not any("ForwardedValues" in each for each in behaviours)


def cloudfront_leaves_its_certificate_for_a_given_one() -> bool:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    certificate = _create_distribution(ViewerCertificate={"ACMCertificateArn": arn})["ViewerCertificate"]
    return certificate["ACMCertificateArn"] == arn and not certificate["CloudFrontDefaultCertificate"]


def docker_starts_no_container_for_lambda() -> bool:
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    with socket.create_server(("127.0.0.1", 0)) as docker:
        os.environ["DOCKER_HOST"] = f"tcp://127.0.0.1:{docker.getsockname()[1]}"
        asked = threading.Event()
        threading.Thread(target=_hang_up, args=(docker, asked), daemon=True).start()
        functions = client("lambda")
        functions.create_function(
            FunctionName="f", Role=role, Runtime="python3.12", Handler="f.f", Code={"ZipFile": _empty_zip()}
        )
        with contextlib.suppress(ClientError):
            functions.invoke(FunctionName="f")
        return not asked.is_set()


def s3_policy_refuses_no_request_over_tls() -> bool:
    s3 = client("s3")
    s3.create_bucket(Bucket="state")
    everything = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::state/*"}
    statement = everything | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(Bucket="state", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    try:
        s3.put_object(Bucket="state", Key="dev", Body=b"")
    except ClientError:
        return False
    return True


PROBES: list[Callable[[], bool]] = [
    iam_has_managed_policies,
    iam_has_githubs_identity_provider,
    an_answer_is_of_its_own_request,
    acm_issues_at_once,
    rds_windows_may_touch,
    rds_keeps_performance_insights,
    rds_modifies_performance_insights,
    rds_says_whose_a_parameter_is,
    rds_leaves_the_secret_of_a_managed_password,
    rds_gives_each_database_its_own_resource_id,
    ec2_keeps_group_rule_description,
    ec2_nat_gateway_leaves_no_interface,
    ecs_keeps_enable_execute_command,
    ecs_keeps_grace_period,
    ecs_keeps_deployment_configuration,
    ecs_keeps_managed_tags,
    ecs_keeps_zone_rebalancing,
    ecs_keeps_capacity_providers,
    ecs_has_no_launch_type_beside_capacity_providers,
    ecs_keeps_when_a_revision_was_registered,
    ecs_services_start_tasks,
    ecs_keeps_the_deployments_of_a_service,
    ecs_registers_tasks_with_the_load_balancer,
    ecs_executes_commands,
    ssm_resumes_sessions,
    ssm_terminates_sessions,
    autoscaling_keeps_tags,
    logs_changes_the_key_of_a_group,
    logs_names_no_group_for_a_key,
    cloud_map_takes_namespace_from_dns_config,
    cloud_map_namespace_leaves_no_zone,
    cloud_map_lists_the_services_of_a_namespace,
    cloudfront_has_managed_cache_policies,
    cloudfront_has_managed_origin_request_policies,
    cloudfront_has_the_managed_security_headers,
    cloudfront_names_what_is_no_policy,
    cloudfront_has_no_forwarded_values_beside_a_cache_policy,
    cloudfront_leaves_its_certificate_for_a_given_one,
    docker_starts_no_container_for_lambda,
    s3_policy_refuses_no_request_over_tls,
]


def _empty_zip() -> bytes:
    archive = io.BytesIO()
    zipfile.ZipFile(archive, "w").close()
    return archive.getvalue()


def _hang_up(listener: socket.socket, asked: threading.Event) -> None:
    """Take each connection, and end it."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        asked.set()
        connection.close()


def _create_database(**settings: Any) -> dict[str, Any]:  # noqa: ANN401 - settings of CreateDBInstance
    instance = {"DBInstanceIdentifier": "db", "DBInstanceClass": "db.t3.micro", "Engine": "postgres"}
    database: dict[str, Any] = client("rds").create_db_instance(**instance | settings)["DBInstance"]
    return database


def _create_distribution(**settings: Any) -> dict[str, Any]:  # noqa: ANN401 - settings of a DistributionConfig
    origin = {
        "Id": "alb",
        "DomainName": "alb.example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
    }
    config = {
        "CallerReference": "1",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "alb", "ViewerProtocolPolicy": "https-only"},
    }
    created = client("cloudfront").create_distribution(DistributionConfig=config | settings)
    kept: dict[str, Any] = created["Distribution"]["DistributionConfig"]
    return kept


def main(variant: str) -> None:
    # A process of seconds: looking for garbage in what moto makes would take half of them.
    gc.disable()
    read_descriptions_once()
    if variant == "extended":
        configure_moto("123456789012")
        # moto reads its settings when it is imported.
        from local_cloud.moto_patches import install  # noqa: PLC0415

        install()
    from moto import mock_aws  # noqa: PLC0415

    answers = {}
    for probe in PROBES:
        # moto prints what it thinks of Docker, and the answers are to stand alone.
        with mock_aws(), contextlib.redirect_stdout(sys.stderr):
            answers[probe.__name__] = probe()
        # moto would read all of AWS's policies again for each probe; the first is the one that asks for them.
        os.environ.pop("MOTO_IAM_LOAD_MANAGED_POLICIES", None)
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1])

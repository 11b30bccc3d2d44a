"""What moto 5.2.5 does not do as AWS does: a module per service.

Each gap has a test that closes it here, and one that fails when moto has closed it itself: then the module goes.
"""

from local_cloud.moto_patches import (
    answers,
    application_autoscaling,
    cloud_map,
    cloudfront,
    containers,
    ec2,
    ecs,
    ecs_deployments,
    exec_session,
    iam,
    logs,
    rds,
    s3,
)


def install() -> None:
    """Close the gaps in this process's moto; a second call changes nothing.

    Raises AttributeError where a patched name has left moto: the pinned version and these modules belong together.
    """
    for patched in (
        answers,
        application_autoscaling,
        cloud_map,
        cloudfront,
        containers,
        ec2,
        ecs,
        ecs_deployments,
        exec_session,
        iam,
        logs,
        rds,
        s3,
    ):
        patched.install()

"""What the platform's two applications read from their environment."""

from ..bindings import Token
from ..database import Database
from .load_balancer import LoadBalancer
from .service import Application


def backend_application(*, environment: str, database: Database) -> Application:
    """Return what the backend reads: where its database is, and the database's secret.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    return Application(
        health_path="/api/health",
        environment={
            "NODE_ENV": "production",
            "APP_ENV": environment,
            "DB_HOST": database.instance.address,
            # A number token inside JSON would lose its quotes' meaning: ECS takes strings only.
            "DB_PORT": Token.as_string(database.instance.port),
            "DB_NAME": database.instance.db_name,
        },
        secrets={
            "DB_PASSWORD": f"{database.secret_arn}:password::",
            "DB_USERNAME": f"{database.secret_arn}:username::",
        },
    )


def frontend_application(*, environment: str, load_balancer: LoadBalancer) -> Application:
    """Return what the frontend reads: where the backend is."""
    return Application(
        health_path="/health",
        environment={
            "NODE_ENV": environment,
            "APP_ENV": environment,
            "BACKEND_URL": f"http://{load_balancer.resource.dns_name}/api",
        },
    )

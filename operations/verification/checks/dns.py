"""Check 6: another service finds the metrics server by its name, and gets an answer from it."""

from operations.verification.checks.http import HEALTHY, says
from operations.verification.checks.probes import Answer, ask
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform


def check_dns(platform: Platform) -> Seen:
    """Resolve the server's name in the client's container, then ask for its health under that name.

    https://docs.aws.amazon.com/cloud-map/latest/dg/services-route-53.html
    """
    server, client = platform.metrics_server, platform.dns_client
    name = platform.environment.dns_name(server)
    # ECS Exec comes first: if it is off nothing else matters.
    if platform.deployed[client].tasks and not platform.exec_runs(client):
        raise CannotCheckError(platform.exec_is_off(client))
    platform.require_tasks(server)
    url = f"http://{name}:{platform.deployed[server].port(server)}/-/healthy"
    answers = ask(platform, client, {"name": f"resolve {name}", "health": f"fetch {url}"})
    resolved = not answers["name"].trouble
    unresolved = _unresolved(name, client, answers["name"])
    return Seen(
        f"{name} {'resolves' if resolved else 'does not resolve'} in the {client}",
        {"names_resolved": int(resolved)},
        # Of a name that leads nowhere nothing can be fetched: that is no second fault.
        tuple(unresolved or says(answers["health"], HEALTHY, url, f"{server}.healthy")),
    )


def _unresolved(name: str, client: str, answer: Answer) -> list[Finding]:
    if not answer.trouble:
        return []
    return [
        Finding(
            Status.FAIL,
            f"{client}.name",
            f"{name} does not resolve in the {client}: {answer.trouble}",
            "see whether it is registered (check cloud-map), and whether the VPC has DNS support and hostnames on",
        )
    ]

"""Check 6: the backend finds Prometheus by its name, and gets an answer from it."""

from operations.verification.checks.http import HEALTHY, SERVER, says
from operations.verification.checks.probes import Answer, ask
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform

CLIENT = "backend"


def check_dns(platform: Platform) -> Seen:
    """Resolve the server's name in the backend's container, then ask for its health under that name.

    https://docs.aws.amazon.com/cloud-map/latest/dg/services-route-53.html
    """
    name = platform.environment.dns_name(SERVER)
    # ECS Exec comes first: where it is off nothing else matters.
    if platform.deployed[CLIENT].tasks and not platform.exec_runs(CLIENT):
        raise CannotCheckError(platform.exec_is_off(CLIENT))
    platform.require_tasks(SERVER)
    url = f"http://{name}:{platform.deployed[SERVER].port(SERVER)}/-/healthy"
    answers = ask(platform, CLIENT, {"name": f"resolve {name}", "health": f"fetch {url}"})
    resolved = not answers["name"].trouble
    unresolved = _unresolved(name, answers["name"])
    return Seen(
        f"{name} {'resolves' if resolved else 'does not resolve'} in the {CLIENT}",
        {"names_resolved": int(resolved)},
        # Of a name that leads nowhere nothing can be fetched: that is no second fault.
        tuple(unresolved or says(answers["health"], HEALTHY, url)),
    )


def _unresolved(name: str, answer: Answer) -> list[Finding]:
    if not answer.trouble:
        return []
    return [
        Finding(
            Status.FAIL,
            "backend.name",
            f"{name} does not resolve in the {CLIENT}: {answer.trouble}",
            "see whether it is registered (check cloud-map), and whether the VPC has DNS support and hostnames on",
        )
    ]

"""Check 6: each service that connects to a Prometheus finds it by its name, and gets an answer from it."""

from collections.abc import Sequence

from operations.text import many
from operations.verification.checks.http import HEALTHY, says
from operations.verification.checks.probes import Answer, ask
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform
from operations.verification.services import Part, look_at_each


def check_dns(platform: Platform) -> Seen:
    """Resolve each server's name in the containers of its clients, then ask for its health under that name.

    https://docs.aws.amazon.com/cloud-map/latest/dg/services-route-53.html
    """
    if not platform.scrapers:
        raise CannotCheckError(platform.no_scraper())
    if not platform.scrapers_by_client:
        raise CannotCheckError(_no_client(platform))
    clients = [platform.deployed[name] for name in platform.scrapers_by_client]
    seen = look_at_each(clients, lambda client: _of_client(client, platform))
    if not seen.counts:
        return Seen("not checked", {}, tuple(seen.findings))
    resolved, names = seen.counts["names_resolved"], seen.counts["names"]
    return Seen(
        f"{many(resolved, 'name')} of {names} resolved in {many(len(clients), 'service')}",
        {"names": names, "names_resolved": resolved},
        tuple(seen.findings),
    )


def _of_client(client: Deployed, platform: Platform) -> Part:
    # ECS Exec comes first: if it is off nothing else matters.
    if client.tasks and not platform.exec_runs(client.name):
        raise CannotCheckError(platform.exec_is_off(client.name))
    running, findings = _running(client.name, platform)
    if not running:
        return Part({}, findings)
    urls = {name: f"http://{platform.environment.dns_name(name)}:{port}/-/healthy" for name, port in running.items()}
    probes = {f"name of {name}": f"resolve {platform.environment.dns_name(name)}" for name in urls}
    # In one session: a container takes two at most.
    answers = ask(platform, client.name, probes | {f"health of {name}": f"fetch {url}" for name, url in urls.items()})
    resolved = 0
    for name, url in urls.items():
        unresolved = _unresolved(platform.environment.dns_name(name), client.name, answers[f"name of {name}"])
        resolved += not unresolved
        # Of a name that leads nowhere nothing can be fetched: that is no second fault.
        findings += unresolved or says(answers[f"health of {name}"], HEALTHY, url, f"{name}.healthy")
    return Part({"names": len(urls), "names_resolved": resolved}, findings)


def _running(client: str, platform: Platform) -> tuple[dict[str, int], list[Finding]]:
    """Return the ports of the client's servers that run, and a finding for each that does not."""
    running: dict[str, int] = {}
    findings: list[Finding] = []
    for name in platform.scrapers_by_client[client]:
        try:
            platform.require_tasks(name)
            running[name] = platform.deployed[name].port(name)
        except CannotCheckError as error:
            findings.append(error.finding)
    return running, findings


def _no_client(platform: Platform) -> Finding:
    scraper, name = platform.scrapers[0], platform.environment.name
    reason = f"no service connects to {scraper}, so its name is asked nowhere"
    remedy = f'add "{scraper}" to connects_to of a service in {platform.file}, then cdktf deploy {name}'
    return Finding(Status.SKIP, "scrapers.no-client", reason, remedy)


def _unresolved(name: str, client: str, answer: Answer) -> Sequence[Finding]:
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

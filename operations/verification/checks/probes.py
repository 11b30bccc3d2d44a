"""Several questions to a container in one script, for one session: what the image has decides how they are asked."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from operations.ecs_exec.targets import Destination
from operations.verification.findings import CannotCheckError, Finding, Status
from operations.verification.platform import SECONDS_TO_END, Platform

# ECS Exec runs no shell of its own; this text is what /bin/sh is given. Node's http module, because the applications'
# images may have nothing else; their Node may be too old for fetch.
_FUNCTIONS = """\
has() { command -v "$1" >/dev/null 2>&1; }
fetch() {
  if has curl; then curl -fsS --max-time 10 "$1"
  elif has wget; then wget -q -T 10 -O - "$1"
  elif has node; then node -e '
    require("http").get(process.argv[1], answer => {
      answer.pipe(process.stdout)
      process.exitCode = answer.statusCode < 400 ? 0 : 22
    }).on("error", error => { console.log(error.message); process.exitCode = 7 })
      .setTimeout(10000, function () { this.destroy(new Error("no answer within 10 s")) })' "$1"
  else echo "the image has no curl, wget or node"; return 127
  fi
}
resolve() {
  if has getent; then getent hosts "$1"
  elif has node; then node -e '
    require("dns").lookup(process.argv[1], { all: true }, (error, found) => {
      if (error) { console.log(error.message); process.exitCode = 2 }
      else for (const each of found) console.log(each.address)
    })' "$1"
  elif has nslookup; then nslookup "$1"
  else echo "the image has no getent, node or nslookup"; return 127
  fi
}
"""


@dataclass(frozen=True)
class Answer:
    """What one probe printed, and its exit status; None if its end never came."""

    text: str
    status: int | None

    @property
    def trouble(self) -> str:
        """Why the probe has no good answer, in a few words; empty if it has one."""
        if self.status == 0:
            return ""
        said = " ".join(self.text.split())[:200]
        end = "the answer was cut off" if self.status is None else f"exit status {self.status}"
        return f"{said} ({end})" if said else end


def ask(platform: Platform, service: str, probes: Mapping[str, str]) -> dict[str, Answer]:
    """Run named shell commands in the service's container, all in one session, and return the answer of each.

    Raises CannotCheckError if the container cannot be asked: a skip if ECS Exec is switched off, an error otherwise.
    """
    platform.require_tasks(service)
    if not platform.exec_runs(service):
        raise CannotCheckError(platform.exec_is_off(service))
    mark = secrets.token_hex(8)
    outcomes = platform.execute(
        platform.clients,
        Destination(platform.environment.cluster_name, platform.environment.service_name(service), service),
        script(probes, mark),
        # Less than there is, so that the reason is that of the session and not the deadline's.
        timeout_seconds=platform.remaining_seconds - SECONDS_TO_END,
        stop=platform.stop,
    )
    outcome = outcomes[0]
    if outcome.exit_status is None:
        raise CannotCheckError(Finding(Status.ERROR, f"{service}.exec", f"{service}: {outcome.reason}"))
    found = answers(outcome.output, mark)
    return {name: found.get(name, Answer("", None)) for name in probes}


def script(probes: Mapping[str, str], mark: str) -> str:
    """Write the script whose output `answers` reads; the mark tells its own lines from the probes'."""
    parts = [f"echo '{mark} {name}'\n{probe}\nprintf '\\n%s %s\\n' {mark} $?" for name, probe in probes.items()]
    return "\n".join([_FUNCTIONS, *parts])


def answers(output: str, mark: str) -> dict[str, Answer]:
    """Read the answers out of a script's output; a terminal ends its lines with CRLF."""
    parts = re.split(rf"^{mark} (.*)$", output.replace("\r\n", "\n"), flags=re.MULTILINE)[1:]
    # Names and ends in turn, each followed by the text after it.
    names, texts, ends = parts[0::4], parts[1::4], parts[2::4]
    statuses = [int(end) if end.strip().isdecimal() else None for end in ends]
    statuses += [None] * (len(names) - len(statuses))
    return {name: Answer(text.strip(), status) for name, text, status in zip(names, texts, statuses, strict=True)}

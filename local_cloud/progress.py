"""What a deploy is doing, read from the lines of Terraform."""

import re
from dataclasses import dataclass, field

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_PLAN = re.compile(r"Plan: (?:\d+ to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy")
_ACTION = re.compile(r"# (\S+) (?:is tainted, so )?(?:will|must) be (\w+)")
_BEGUN = re.compile(r"(\S+): (?:Creating|Modifying|Destroying)\.\.\.")
_DONE = re.compile(r"(\S+): (Creation|Modifications|Destruction) complete(?: after (\w+))?")
_RESULT = re.compile(r"Apply complete! Resources: (?:\d+ imported, )?(\d+) added, (\d+) changed, (\d+) destroyed")

_STEPS = {
    "Initializing the backend": "terraform init",
    "Refreshing state...": "terraform plan: comparing with what is there",
    "No changes.": "terraform plan: no changes",
}
_PLANNED_SIGNS = {"created": "+", "updated": "~", "replaced": "+/-", "destroyed": "-"}
_DONE_SIGNS = {"Creation": "+", "Modifications": "~", "Destruction": "-"}


@dataclass
class Progress:
    """The state of one run; fed a line at a time, it answers what is worth showing."""

    step: str = "synthesizing the stack"
    planned: dict[str, str] = field(default_factory=dict)
    """What the plan does to each address: ``+`` create, ``~`` update in place, ``+/-`` replace, ``-`` destroy."""
    total: int = 0
    done: int = 0
    running: list[str] = field(default_factory=list)
    """Addresses being worked on, oldest first."""
    counts: tuple[int, int, int] | None = None
    """Added, changed and destroyed, in Terraform's own words; None until it says so."""
    lines: list[str] = field(default_factory=list)
    """All that was said, without colours."""

    def read(self, raw: str) -> str | None:
        """Take a line; answer the news in it, if there is any."""
        line = _COLOURS.sub("", raw).rstrip()
        self.lines.append(line)
        if match := _DONE.search(line):
            return self._finish(*match.groups())
        if match := _BEGUN.search(line):
            self.running.append(match[1])
        elif match := _ACTION.search(line):
            if sign := _PLANNED_SIGNS.get(match[2]):
                self.planned[match[1]] = sign
        elif match := _PLAN.search(line):
            self.total = sum(int(count) for count in match.groups())
            return self._enter(f"terraform apply: {match[1]} to add, {match[2]} to change, {match[3]} to destroy")
        elif match := _RESULT.search(line):
            self.counts = (int(match[1]), int(match[2]), int(match[3]))
        else:
            return self._step_in(line)
        return None

    def still(self) -> str:
        """Say what is going on, for when nothing new has come for a while."""
        if not self.running:
            return f"still: {self.step}"
        more = f" and {len(self.running) - 1} more" if len(self.running) > 1 else ""
        return f"{self.done} of {self.total} done, still at {self.running[0]}{more}"

    def cause(self) -> str:
        """Find why a run failed: Terraform's boxes, or else the last lines, which are the app's if it failed."""
        boxed = [line for line in self.lines if line.startswith("│")]
        return "\n".join(boxed or [line for line in self.lines if line][-20:])

    def _finish(self, address: str, what: str, seconds: str | None) -> str:
        if address in self.running:
            self.running.remove(address)
        self.done += 1
        after = f" ({seconds})" if seconds else ""
        return f"{self.done:3} of {self.total}  {_DONE_SIGNS[what]} {address}{after}"

    def _enter(self, step: str) -> str | None:
        if step == self.step:
            return None
        self.step = step
        return step

    def _step_in(self, line: str) -> str | None:
        for mark, step in _STEPS.items():
            if mark in line:
                return self._enter(step)
        return None

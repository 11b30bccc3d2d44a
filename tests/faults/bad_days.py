"""The bad days of AWS, each made of a seed: how it answers, and when the deploy is killed."""

import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.deploy.aws_faults import EveryThirdCallThrottled, IamLag, PassOn, unavailable
from tests.deploy.faulty_aws import Answer, Request, Rule

CALLS = 420
"""About as many as a first deploy of dev makes."""


@dataclass(frozen=True)
class BadDay:
    """What happens to a first deploy: a rule for the answers, and the call at which Terraform is killed, if any."""

    rule: Rule
    killed_at: float = math.inf


Dice = random.Random


@dataclass
class Sometimes:
    """A rule: a share of the calls has a fault; whichever, the dice say."""

    share: float
    fault: Rule
    dice: Dice
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request, pass_on: PassOn) -> Answer:
        with self._lock:
            faulty = self.dice.random() < self.share
        return self.fault(request, pass_on) if faulty else pass_on()


def _iam_lag(dice: Dice) -> BadDay:
    seconds = dice.uniform(0, 20)
    return BadDay(IamLag(reads=dice.uniform(0, seconds), calls=seconds, assuming=seconds))


def _down(share: float) -> Callable[[Dice], BadDay]:
    return lambda dice: BadDay(Sometimes(share, lambda request, _: unavailable(request), dice))


def _slow(dice: Dice) -> BadDay:
    def answer(_: Request, pass_on: PassOn) -> Answer:
        time.sleep(dice.uniform(0, 3))
        return pass_on()

    return BadDay(answer)


def _cut_before(_: Request, __: PassOn) -> Answer:
    raise ConnectionAbortedError


def _cut_after(_: Request, pass_on: PassOn) -> Answer:
    pass_on()
    raise ConnectionAbortedError


def _killed(dice: Dice) -> BadDay:
    return BadDay(lambda _, pass_on: pass_on(), killed_at=dice.randrange(1, CALLS))


BAD_DAYS: Mapping[str, Callable[[Dice], BadDay]] = {
    "IAM knows what it made 0 to 20 s later": _iam_lag,
    "5 % of the calls get 503": _down(0.05),
    "20 % of the calls get 503": _down(0.20),
    "every third call is throttled": lambda _: BadDay(EveryThirdCallThrottled()),
    "each answer takes up to 3 s": _slow,
    "2 % of the connections are cut before AWS acts": lambda dice: BadDay(Sometimes(0.02, _cut_before, dice)),
    "2 % of the connections are cut after AWS has acted": lambda dice: BadDay(Sometimes(0.02, _cut_after, dice)),
    "killed at a random call": _killed,
}

"""What a check reports instead of an answer: a call that could not be made is no proof that anything is broken."""

from botocore.exceptions import BotoCoreError, ClientError

from operations.aws.errors import explain, is_missing
from operations.ecs_exec.run_command import ExecUnavailableError
from operations.verification.findings import CannotCheckError, Finding, Status

_REMEDY = "put that right, then run this again: nothing is known of what it would have shown"


def could_not_check(error: Exception, *, name: str = "") -> Finding:
    """Return the finding for whatever stopped a check; ``name`` is the service it was looking at, if it was one.

    What AWS says does not exist is a failure. Everything else (throttled, denied, expired, unreachable, no session, a
    bug of ours) is an error.
    """
    id_, about = (f"{name}.", f"{name}: ") if name else ("", "")
    match error:
        case CannotCheckError():
            return error.finding
        case ClientError() if is_missing(error):
            return Finding(Status.FAIL, f"{id_}missing", f"{about}{explain(error)}")
        case ClientError() | BotoCoreError():
            return Finding(Status.ERROR, f"{id_}aws", f"{about}{explain(error)}", _REMEDY)
        case ExecUnavailableError():
            return Finding(Status.ERROR, f"{id_}exec", f"{about}{error}")
    reason = f"{about}the check itself broke ({type(error).__name__}: {error}); please report it"
    return Finding(Status.ERROR, f"{id_}fault", reason)

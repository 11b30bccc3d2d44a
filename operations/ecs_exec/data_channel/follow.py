"""Follows a wrapped command to its end."""

import time
from contextlib import suppress
from threading import Event

from operations.ecs_exec.data_channel.channel import Channel, ChannelClosedError, ChannelError
from operations.ecs_exec.data_channel.command import Transcript
from operations.ecs_exec.data_channel.connection import ConnectError, Session
from operations.ecs_exec.data_channel.encryption import HandshakeError, NewDataKey
from operations.ecs_exec.data_channel.frames import PayloadType
from operations.ecs_exec.data_channel.resume import Resume

_INTERRUPTED_SECONDS = 1.5
_CTRL_C = b"\x03"


def follow(
    session: Session,
    transcript: Transcript,
    *,
    deadline: float,
    stop: Event,
    new_data_key: NewDataKey | None = None,
    resume: Resume | None = None,
) -> str:
    """Feed the transcript until the command has ended; return "", or why its end is unknown.

    At the deadline (of ``time.monotonic``, in seconds), or once ``stop`` is set, Ctrl-C goes to the command.
    """
    channel = Channel(transcript.feed, stop, new_data_key, resume)
    try:
        channel.open(session, deadline)
        reason = _receive(channel, transcript, deadline, stop)
    except ChannelClosedError as error:
        reason = _explain(str(error), transcript)
    except ChannelError as error:
        reason = f"its end did not arrive: {error}"
    except (ConnectError, HandshakeError) as error:
        reason = str(error)
    finally:
        channel.close()
        transcript.finish()
    return f"{reason}{channel.damage}" if reason else ""


def _receive(channel: Channel, transcript: Transcript, deadline: float, stop: Event) -> str:
    while not transcript.ended:
        if stop.is_set():
            return _interrupt(channel, transcript, "it was interrupted")
        if time.monotonic() >= deadline:
            return _interrupt(channel, transcript, "it had not ended when its time was up, and was interrupted")
        channel.step(deadline)
    return ""


def _interrupt(channel: Channel, transcript: Transcript, reason: str) -> str:
    """Stop the command as a person would, and see it end if it does so soon."""
    transcript.interrupted = True
    channel.say(PayloadType.OUTPUT, _CTRL_C)
    until = time.monotonic() + _INTERRUPTED_SECONDS
    with suppress(ChannelError, HandshakeError):
        while time.monotonic() < until:
            channel.step(until)
    # A command may end with a status of its own just then; it was not left to its own end all the same.
    transcript.exit_status = None
    return reason


def _explain(said: str, transcript: Transcript) -> str:
    if transcript.started:
        return f"the session was closed before the command's end{said and ': '}{said}"
    if "no such file" in said:
        return f"nothing can be run in it, its image has no /bin/sh: {said}"
    return f"the command could not be started: {said or transcript.preamble.strip() or 'no reason given'}"

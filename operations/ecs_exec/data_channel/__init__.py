"""The SSM data channel: the two streams of a session, and a command followed to its end over them.

It knows nothing of AWS's services or of what the command means: it is given a URL, a token and, for encryption, data
keys. The protocol is that of https://github.com/aws/session-manager-plugin (``src/message``, ``src/datachannel``).
"""

from operations.ecs_exec.data_channel.channel import Channel, ChannelClosedError, ChannelError, Sink
from operations.ecs_exec.data_channel.command import Transcript, wrap
from operations.ecs_exec.data_channel.connection import ConnectError, Session
from operations.ecs_exec.data_channel.encryption import DataKey, HandshakeError, NewDataKey
from operations.ecs_exec.data_channel.follow import follow
from operations.ecs_exec.data_channel.frames import PayloadType
from operations.ecs_exec.data_channel.resume import Resume, ResumeError

__all__ = [
    "Channel",
    "ChannelClosedError",
    "ChannelError",
    "ConnectError",
    "DataKey",
    "HandshakeError",
    "NewDataKey",
    "PayloadType",
    "Resume",
    "ResumeError",
    "Session",
    "Sink",
    "Transcript",
    "follow",
    "wrap",
]

"""The SSM data channel: one command at the far end of a session, followed to its end.

It knows nothing of AWS's services or of what the command means: it is given a URL, a token and, for encryption, data
keys. The protocol is that of https://github.com/aws/session-manager-plugin (``src/message``, ``src/datachannel``).
"""

from operations.ecs_exec.data_channel.channel import Session, follow
from operations.ecs_exec.data_channel.command import Transcript, wrap
from operations.ecs_exec.data_channel.encryption import DataKey, HandshakeError, NewDataKey

__all__ = ["DataKey", "HandshakeError", "NewDataKey", "Session", "Transcript", "follow", "wrap"]

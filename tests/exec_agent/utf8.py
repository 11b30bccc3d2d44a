"""What the agent does to output that is no UTF-8, faults included.

https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/shell/shell.go (``processStdoutData``)
"""

_LONGEST = 4
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()


class Utf8:
    """Holds back what may be half a character. Of a real U+FFFD it loses two bytes of three."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, data: bytes) -> bytes:
        data, taken, at = self._held + data, bytearray(), 0
        while at < len(data):
            length = _rune(data[at : at + _LONGEST])
            if length == 0 or data[at : at + length] == _REPLACEMENT:
                if len(data) - at < _LONGEST:
                    break
                taken += data[at : at + 1]
            else:
                taken += data[at : at + length]
            at += length or 1
        self._held = data[at:]
        return bytes(taken)


def _rune(data: bytes) -> int:
    """Return how many bytes the first character has, 0 if it is none."""
    for length in range(1, len(data) + 1):
        try:
            data[:length].decode()
        except UnicodeDecodeError:
            continue
        return length
    return 0

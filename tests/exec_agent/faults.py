"""How the agent misbehaves when asked to; as it stands it does not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Faults:
    """Numbers count transmissions; ``float("inf")`` means all of them."""

    payload_bytes: int = 1024
    """The most that one frame of output holds; the real agent's is 1024."""
    lost_acknowledgements: float = 0
    """Acknowledgements of the client's that get lost: the frames are sent again."""
    lost_answers: float = 0
    """Acknowledgements to the client that get lost: the client sends its frames again."""
    lost_inputs: float = 0
    """Frames of the client's that get lost."""
    every_frame_twice: bool = False
    reordered: int = 1
    """How many frames in a row come in reverse order."""
    corrupt: float = 0
    """Frames whose payload is not what the digest says."""
    cut_after: float = float("inf")
    """Frames of output after which the connection breaks off, and again after as many."""
    cuts: float = 1
    """How often it does."""
    resumable: bool = True
    """The session waits for its client after a cut."""
    late_seconds: float = 0
    """How long nothing comes at all."""
    http_status: int = 101
    """What opening the connection is answered with."""
    no_shell: bool = False
    """The image has no /bin/sh."""
    wrong_challenge: bool = False
    """The challenge is encrypted with another key."""

"""What this package cannot do, said to the user of its command line."""


class LocalCloudError(Exception):
    """A reason and what to do about it, in one or a few lines; the command line prints it and exits with 1."""

"""What is done to a deployed platform, in one command line: ``python -m operations --help``."""

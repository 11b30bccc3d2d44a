"""A review for a terminal, for a pull request, and for a program."""

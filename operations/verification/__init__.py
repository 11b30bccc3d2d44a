"""Whether a deployed environment really works: six checks, an audit of ECS Exec, and commands inside containers."""

"""Whether a deployed environment really works: ten checks, and an audit of ECS Exec."""

"""What the valid environment, or dev, lacks to be protected."""

PROTECTED: dict[str, object] = {
    "protected": True,
    "database.multi_az": True,
    "database.deletion_protection": True,
    "load_balancer.deletion_protection": True,
    "load_balancer.access_logs_bucket": "acme-logs",
    "exec.policy": "minimal",
    "exec.encrypted": True,
    "cdn.logging_bucket": "acme-logs",
    "delivery.principal": "oidc",
    "delivery.repository": "davidshaevel/website",
    "delivery.branch": "main",
}
PROTECTING = {
    f"DEV__{key.upper().replace('.', '__')}": "true" if value is True else str(value)
    for key, value in PROTECTED.items()
}
"""The same as variables, which protect dev for one run."""

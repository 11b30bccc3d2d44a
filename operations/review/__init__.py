"""Says what a change of code or settings does to AWS, with Terraform's own verdict, without credentials."""

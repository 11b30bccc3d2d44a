"""The S3 bucket for Terraform's state; it must be there before Terraform is, so no stack can make it."""

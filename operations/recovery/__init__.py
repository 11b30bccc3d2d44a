"""Finishes a deploy that was killed: what AWS has and the Terraform state has not is imported, not made twice."""

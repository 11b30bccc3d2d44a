"""What must hold for every synthesized stack, whoever wrote its constructs; docs/rules.md lists the rules.

They read the JSON that Terraform gets: no construct and no setting can pass them by. `operations.review` reads the JSON
with the same modules, and judges a change instead of a stack.
"""

"""The least that cdktf can do under the fast boot: a stack with one resource. The floor for `make bench`."""

from stacks.boot import boot

boot()

from cdktf import App, TerraformStack  # noqa: E402, TID251 - the floor is cdktf without this library
from cdktf_cdktf_provider_aws.provider import AwsProvider  # noqa: E402, TID251
from cdktf_cdktf_provider_aws.vpc import Vpc  # noqa: E402, TID251

app = App()
stack = TerraformStack(app, "floor")
AwsProvider(stack, "aws", region="us-east-1")
Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
app.synth()

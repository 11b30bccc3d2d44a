"""The stacks: what stands in one environment, and how its parts are introduced to each other."""

"""How operations talk to AWS: clients of one environment, its account, and errors in words."""

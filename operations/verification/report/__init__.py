"""How results are told: to a person at a terminal, as JSON, and as JUnit's XML."""

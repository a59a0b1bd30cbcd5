"""The judge: simulated pain logs with planted truth, and gates on what the list makes of them (see README.md)."""

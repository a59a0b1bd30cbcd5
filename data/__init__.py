"""Everything between a file and a table: reading an export, checking it, storing it."""

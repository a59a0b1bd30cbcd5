"""What the pages share: the clinic's store, filters, charts, tables and words."""

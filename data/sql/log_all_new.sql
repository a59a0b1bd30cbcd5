-- What log_compare.sql makes when nothing is stored that the upload's rows could be compared with: no row.
CREATE OR REPLACE TEMP TABLE fate (id BIGINT, fate VARCHAR, row_id BIGINT, chain BIGINT, line_no BIGINT)

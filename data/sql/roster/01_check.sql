-- One row per data line of a roster; `fault` is the code of what is wrong with it, and `fate` what it is to the roster
-- in force.
-- Answers: what does each line of this roster say about a patient, and does it change what is known?
-- Definition: the column contract. A patient who stands on two lines that differ is at fault on each of them; on two
-- equal lines, the second is a duplicate.
-- Makes: checked. Reads: incoming. Parameters: $written, $place, $words (severity, sex and missing) and
-- $bounds as in log/01_line.sql; $date_order.
CREATE OR REPLACE TEMP TABLE checked AS
WITH celled AS (
    SELECT
        line_no,
        line,
        CASE
            WHEN ltrim(line, ' ' || chr(9) || $written.delimiter || $written.quote) = '' THEN 'blank'
            WHEN ascii(line) = 35 AND NOT ($written.hash_is_data AND contains(line, $written.delimiter)) THEN 'remark'
            WHEN line = $written.header THEN 'header'
        END AS no_data,
        CASE
            WHEN NOT contains(line, $written.quote) THEN string_split(line, $written.delimiter)
            ELSE quoted_pieces(line, $written.delimiter, $written.cell_pattern)
        END AS piece,
        contains(line, $written.quote) AND NOT regexp_full_match(piece[-1], $written.cell_pattern) AS torn,
        CASE
            WHEN contains(line, $written.quote)
                THEN list_transform(piece, lambda x: plain_space(unquoted(x, $written.quote, $written.escape)))
            ELSE list_transform(piece, lambda x: plain_space(x))
        END AS cell
    FROM incoming
    WHERE line_no > $written.header_line
),

worded AS (
    SELECT
        line_no,
        line,
        torn,
        len(cell) AS cells,
        filled(cell[-1]) IS NULL AS ends_empty,
        CASE WHEN $written.holds_zeros THEN cell_with_zero(cell) END AS zero_cell,
        filled(cell[$place.patient_id]) AS patient_id,
        filled(cell[$place.severity]) AS severity,
        filled(cell[$place.zcq_symptom]) AS zcq_symptom,
        filled(cell[$place.odi]) AS odi,
        filled(cell[$place.programme_start]) AS programme_start,
        filled(cell[$place.birth_year]) AS birth_year,
        filled(cell[$place.sex]) AS sex,
        filled(cell[$place.site]) AS site,
        filled(cell[$place.clinician]) AS clinician
    FROM celled
    WHERE no_data IS NULL
),

-- One step after the other, because DuckDB writes a macro out at each mention of its argument.
pieced AS (
    SELECT
        worded.*,
        iso_moment(programme_start) AS start_iso,
        moment_pieces(programme_start) AS start_pieces
    FROM worded
),

dated AS (
    SELECT
        pieced.*,
        moment_of_pieces(start_pieces, $date_order) AS start_written
    FROM pieced
),

typed AS (
    SELECT
        dated.* EXCLUDE (start_iso, start_written),
        $words.severity[bare_word(severity)] AS severity_value,
        number(zcq_symptom) AS zcq_value,
        number(odi) AS odi_value,
        CASE
            WHEN start_iso IS NOT NULL THEN start_iso ELSE on_clinic_clock(start_written, start_pieces)
        END AS start_value,
        number(birth_year) AS birth_value,
        $words.sex[bare_word(sex)] AS sex_value
    FROM dated
),

faulted AS (
    SELECT
        typed.*,
        CASE
            WHEN zero_cell IS NOT NULL THEN 'line zero_byte'
            WHEN torn THEN 'line torn'
            WHEN cells > $written.width THEN 'line too_wide'
            WHEN
                cells < $written.needed
                OR (cells < $written.width AND (ends_empty OR (line_no = $written.last_line AND $written.last_is_cut)))
                THEN 'line too_short'
            WHEN patient_id IS NULL THEN 'patient_id missing'
            ELSE coalesce(
                'patient_id ' || text_fault(patient_id, $bounds['patient_id']),
                'severity ' || word_fault(severity, severity_value, $words.missing),
                'zcq_symptom ' || number_fault(zcq_symptom, zcq_value, $bounds['zcq_symptom'], $words.missing),
                'odi ' || number_fault(odi, odi_value, $bounds['odi'], $words.missing),
                'programme_start '
                || moment_fault(
                    programme_start, start_value, start_pieces, TIMESTAMP 'infinity', $words.missing
                ),
                'birth_year ' || number_fault(birth_year, birth_value, $bounds['birth_year'], $words.missing),
                'sex ' || word_fault(sex, sex_value, $words.missing),
                'site ' || text_fault(site, $bounds['site']),
                'clinician ' || text_fault(clinician, $bounds['clinician'])
            )
        END AS written_fault
    FROM typed
),

-- A step of its own: what is named in the same SELECT is written out again, and planned, at each of its mentions.
parted AS (
    SELECT
        faulted.*,
        split_part(written_fault, ' ', 2) AS fault,
        nullif(split_part(written_fault, ' ', 1), 'line') AS fault_column
    FROM faulted
),

valued AS (
    SELECT
        line_no,
        line,
        patient_id,
        severity_value AS severity,
        try_cast(zcq_value AS DECIMAL(4, 3)) AS zcq_symptom,
        try_cast(odi_value AS DECIMAL(6, 3)) AS odi,
        CAST(start_value AS DATE) AS programme_start,
        try_cast(birth_value AS INTEGER) AS birth_year,
        sex_value AS sex,
        site,
        clinician,
        fault,
        fault_column,
        CASE coalesce(fault_column, 'line')
            WHEN 'line' THEN zero_cell
            WHEN 'patient_id' THEN patient_id
            WHEN 'severity' THEN severity
            WHEN 'zcq_symptom' THEN zcq_symptom
            WHEN 'odi' THEN odi
            WHEN 'programme_start' THEN programme_start
            WHEN 'birth_year' THEN birth_year
            WHEN 'sex' THEN sex
            WHEN 'site' THEN site[1:200]
            WHEN 'clinician' THEN clinician[1:200]
        END AS fault_value,
        fault_details(fault, $bounds[fault_column], cells, $written.width) AS fault_details
    FROM parted
),

compared AS (
    SELECT
        valued.*,
        hash(severity, zcq_symptom, odi, programme_start, birth_year, sex, site, clinician) AS content,
        count(DISTINCT CASE WHEN fault IS NULL THEN content END) OVER (PARTITION BY patient_id) AS versions,
        row_number() OVER (PARTITION BY patient_id, content ORDER BY fault IS NOT NULL, line_no) AS occurrence
    FROM valued
),

in_force AS (
    SELECT
        patient_id,
        last(
            hash(severity, zcq_symptom, odi, programme_start, birth_year, sex, site, clinician) ORDER BY row_id
        ) AS content
    FROM clinic.roster_row
    WHERE upload_id IN (SELECT upload_id FROM standing_upload())
    GROUP BY patient_id
)

SELECT
    compared.* EXCLUDE (content, versions, occurrence) REPLACE (
        CASE WHEN fault IS NULL AND versions > 1 THEN 'lines_differ' ELSE fault END AS fault,
        CASE WHEN fault IS NULL AND versions > 1 THEN 'patient_id' ELSE fault_column END AS fault_column,
        CASE WHEN fault IS NULL AND versions > 1 THEN compared.patient_id ELSE fault_value END AS fault_value
    ),
    1 AS part_no,
    CASE
        WHEN compared.fault IS NOT NULL OR versions > 1 THEN 'rejected'
        WHEN occurrence > 1 OR in_force.content = compared.content THEN 'duplicate'
        WHEN in_force.patient_id IS NOT NULL THEN 'changed'
        ELSE 'new'
    END AS fate
FROM compared
LEFT JOIN in_force ON compared.patient_id = in_force.patient_id
ORDER BY line_no

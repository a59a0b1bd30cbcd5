-- One row per data line of a roster; `fault` says what is wrong with it and `fate` what it is to the roster in force.
-- Answers: what does each line of this roster say about a patient, and does it change what is known?
-- Definition: the column contract. A patient who stands on two lines that differ is at fault on each of them; on two
-- equal lines, the second is a duplicate.
-- Reads: incoming. Parameters: as in log_line.sql; $severity_words and $sex_words: maps from a word to its
-- meaning.
CREATE OR REPLACE TEMP TABLE checked AS
WITH celled AS (
    SELECT
        line_no,
        line,
        CASE
            WHEN ltrim(line, ' ' || chr(9) || $delimiter || $quote) = '' THEN 'blank'
            WHEN ascii(line) = 35 AND NOT ($hash_is_data AND contains(line, $delimiter)) THEN 'remark'
            WHEN line = $header THEN 'header'
        END AS no_data,
        CASE
            WHEN NOT contains(line, $quote) THEN string_split(line, $delimiter)
            ELSE quoted_pieces(line, $delimiter, $cell_pattern)
        END AS piece,
        contains(line, $quote) AND NOT regexp_full_match(piece[-1], $cell_pattern) AS torn,
        CASE
            WHEN contains(line, $quote)
                THEN list_transform(piece, lambda x: plain_space(unquoted(x, $quote, $escape)))
            ELSE list_transform(piece, lambda x: plain_space(x))
        END AS cell
    FROM incoming
    WHERE line_no > $header_line
),

worded AS (
    SELECT
        line_no,
        line,
        torn,
        len(cell) AS cells,
        filled(cell[-1]) IS NULL AS ends_empty,
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

typed AS (
    SELECT
        worded.*,
        $severity_words[bare_word(severity)] AS severity_value,
        number(zcq_symptom) AS zcq_value,
        number(odi) AS odi_value,
        moment(programme_start, $date_order) AS start_value,
        number(birth_year) AS birth_value,
        $sex_words[bare_word(sex)] AS sex_value
    FROM worded
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
        CASE
            WHEN torn THEN fault_of(NULL, NULL, 'the quotation marks on this line do not match')
            WHEN cells > $width THEN fault_of(
                NULL, NULL, printf('the line has %d cells where the header has %d', cells, $width)
            )
            WHEN cells < $needed OR (cells < $width AND (ends_empty OR (line_no = $last_line AND $last_is_cut)))
                THEN fault_of(NULL, NULL, printf('the line ends after %d of %d cells', cells, $width))
            WHEN patient_id IS NULL THEN fault_of('patient_id', NULL, 'is missing')
            WHEN length(patient_id) > $bounds.patient_id.longest
                THEN fault_of('patient_id', patient_id, too_long($bounds.patient_id))
            WHEN is_unknown_word(severity, severity_value, $missing)
                THEN fault_of('severity', severity, 'is not none, mild, moderate or severe')
            WHEN is_wrong_number(zcq_symptom, zcq_value, $bounds.zcq_symptom, $missing)
                THEN fault_of('zcq_symptom', zcq_symptom, wrong_number(zcq_value, $bounds.zcq_symptom))
            WHEN is_wrong_number(odi, odi_value, $bounds.odi, $missing)
                THEN fault_of('odi', odi, wrong_number(odi_value, $bounds.odi))
            WHEN is_unknown_word(programme_start, start_value, $missing)
                THEN fault_of('programme_start', programme_start, 'is not a date that exists')
            WHEN start_value < TIMESTAMP '1990-01-01'
                THEN fault_of('programme_start', programme_start, 'is before 1990')
            WHEN is_wrong_whole(birth_year, birth_value, $bounds.birth_year, $missing)
                THEN fault_of('birth_year', birth_year, wrong_number(birth_value, $bounds.birth_year))
            WHEN is_unknown_word(sex, sex_value, $missing)
                THEN fault_of('sex', sex, 'is not female, male or other')
            WHEN length(site) > $bounds.site.longest THEN fault_of('site', site[1:200], too_long($bounds.site))
            WHEN length(clinician) > $bounds.clinician.longest
                THEN fault_of('clinician', clinician[1:200], too_long($bounds.clinician))
        END AS fault
    FROM typed
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
    compared.* EXCLUDE (fault, content, versions, occurrence),
    1 AS part_no,
    CASE
        WHEN fault IS NOT NULL THEN fault
        WHEN versions > 1
            THEN fault_of('patient_id', compared.patient_id, 'stands on several lines of this roster that differ')
    END AS fault,
    CASE
        WHEN fault IS NOT NULL OR versions > 1 THEN 'rejected'
        WHEN occurrence > 1 OR in_force.content = compared.content THEN 'duplicate'
        WHEN in_force.patient_id IS NOT NULL THEN 'changed'
        ELSE 'new'
    END AS fate
FROM compared
LEFT JOIN in_force ON compared.patient_id = in_force.patient_id
ORDER BY line_no

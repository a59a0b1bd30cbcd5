-- One row per patient on the page of each section of the review list.
-- Answers: who needs a professional's look today, why, and who comes first, among the patients that the filters keep?
-- Definition: as in review.sql. section_rows counts the whole section; rises are those of the last 14 sessions of the
-- 28 days that can be judged, oldest first. A page past the end of its section is the section's last page.
-- Parameters: $as_of (date); $severity, $site, $clinician (lists; an empty one keeps everyone); $first_row (one integer
-- per section of review_sections: the row that its page begins with, from 0); $page_rows (integer).
WITH kept AS (
    SELECT
        kept.*,
        least(
            $first_row[section.position],
            (kept.section_rows - 1) // CAST($page_rows AS INTEGER) * CAST($page_rows AS INTEGER)
        ) AS page_begins,
        section.position AS section_position
    FROM review_kept($as_of, $severity, $site, $clinician) AS kept
    INNER JOIN review_sections() AS section ON kept.section = section.section
),

shown AS (
    SELECT * EXCLUDE (page_begins)
    FROM kept
    WHERE row_in_section >= page_begins AND row_in_section < page_begins + CAST($page_rows AS INTEGER)
),

shown_reason AS (
    SELECT
        shown.patient_id,
        list(reasons.code ORDER BY reasons.position) AS reasons_shown
    FROM shown
    INNER JOIN reasons() AS reasons
        ON
            list_contains(shown.reasons, reasons.code)
            AND NOT coalesce(list_contains(shown.reasons, reasons.said_by), false)
    GROUP BY shown.patient_id
),

trend AS (
    SELECT
        patient_id,
        list(rise ORDER BY started_at)[-14:] AS rises
    FROM session($as_of)
    WHERE
        rise IS NOT NULL
        AND day > CAST($as_of AS DATE) - (SELECT list_days FROM rule($as_of))
        AND patient_id IN (SELECT patient_id FROM shown)
    GROUP BY patient_id
)

SELECT
    shown.* EXCLUDE (row_in_section, section_position, list_order),
    coalesce(shown_reason.reasons_shown, []) AS reasons_shown,
    worst.* EXCLUDE (patient_id),
    trend.rises
FROM shown
LEFT JOIN shown_reason ON shown.patient_id = shown_reason.patient_id
LEFT JOIN worst_session($as_of) AS worst ON shown.patient_id = worst.patient_id
LEFT JOIN trend ON shown.patient_id = trend.patient_id
ORDER BY shown.section_position, shown.list_order

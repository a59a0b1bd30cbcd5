-- One row per patient whom the filters keep, with the numbers of the period.
-- Definition: counts are over sessions that start in the period; median_peak over those with a peak.
-- Parameters: as_of, since (dates); severities, sites, clinicians (lists; an empty one keeps everyone).
CREATE OR REPLACE MACRO cohort_patient(as_of, since, severities, sites, clinicians) AS TABLE
WITH sessions AS (
    SELECT
        patient_id,
        count(*) AS sessions,
        count(rise) AS assessable,
        count(*) FILTER (WHERE rise > 0) AS with_rise,
        count(*) FILTER (WHERE stopped_early) AS stopped,
        max(rise) AS max_rise,
        median(peak) AS median_peak
    FROM session(as_of)
    WHERE day >= CAST(since AS DATE)
    GROUP BY patient_id
)

SELECT
    patient.patient_id,
    severity.severity,
    severity.severity_from,
    patient.site,
    patient.clinician,
    patient.programme_start,
    patient.covered_through,
    patient.last_session,
    adherence.adherence,
    adherence.adherence_label,
    adherence.days_logged,
    adherence.exposure_days,
    coalesce(sessions.sessions, 0) AS sessions,
    coalesce(sessions.assessable, 0) AS assessable,
    coalesce(sessions.with_rise, 0) AS with_rise,
    coalesce(sessions.stopped, 0) AS stopped,
    sessions.max_rise,
    sessions.median_peak
FROM patient(as_of) AS patient
LEFT JOIN severity(as_of) AS severity USING (patient_id)
LEFT JOIN adherence(as_of, since) AS adherence USING (patient_id)
LEFT JOIN sessions USING (patient_id)
WHERE
    (len(severities) = 0 OR list_contains(severities, coalesce(severity.severity, 'unknown')))
    AND (len(sites) = 0 OR list_contains(sites, patient.site))
    AND (len(clinicians) = 0 OR list_contains(clinicians, patient.clinician));

-- Puts the scores of one logged row together that stand on lines of their own, and says under which line it is stored.
-- Answers: which lines speak of the same exercise at the same time, and what do they say together?
-- Definition: lines belong together that have the same patient, time, session, exercise and side; within a session_id
-- the day is enough, for each score may have its own time. The second score of a kind belongs to the second row. Where
-- that cannot be told, where lines contradict one another, or where one of them is at fault, all of them are rejected.
-- Reads: checked, and makes it anew.
CREATE OR REPLACE TEMP TABLE checked AS
WITH keyed AS (
    SELECT
        *,
        CASE
            WHEN no_data IS NULL AND patient_id IS NOT NULL AND performed_at IS NOT NULL THEN {
                'patient_id': patient_id,
                'moment': CASE WHEN session_id IS NULL THEN performed_at ELSE date_trunc('day', performed_at) END,
                'utc_offset_minutes': CASE WHEN session_id IS NULL THEN utc_offset_minutes END,
                'has_time': has_time,
                'session_id': session_id,
                'exercise': exercise,
                'exercise_name': exercise_name,
                'side': side
            }
        END AS said_of
    FROM checked
),

numbered AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY said_of, score_time ORDER BY line_no) AS nth,
        count(*) OVER (PARTITION BY said_of, score_time) AS times
    FROM keyed
),

together AS (
    SELECT
        *,
        min(CASE WHEN fault IS NOT NULL THEN line_no END) OVER (PARTITION BY said_of) AS faulty_line,
        max(times) OVER (PARTITION BY said_of) <> min(times) OVER (PARTITION BY said_of) AS is_uneven,
        min("sets") OVER one_row < max("sets") OVER one_row
        OR min(reps) OVER one_row < max(reps) OVER one_row
        OR min(duration_s) OVER one_row < max(duration_s) OVER one_row
        OR min(stopped_early) OVER one_row < max(stopped_early) OVER one_row AS is_contradicted,
        min(line_no) OVER one_row AS first_line,
        {
            'performed_at': min(performed_at) OVER one_row,
            'utc_offset_minutes': arg_min_null(utc_offset_minutes, performed_at) OVER one_row,
            'sets': min("sets") OVER one_row,
            'reps': min(reps) OVER one_row,
            'duration_s': min(duration_s) OVER one_row,
            'pain_before': min(pain_before) OVER one_row,
            'pain_during': min(pain_during) OVER one_row,
            'pain_after': min(pain_after) OVER one_row,
            'stopped_early': min(stopped_early) OVER one_row,
            'notes': CASE
                WHEN min(notes) OVER one_row = max(notes) OVER one_row THEN min(notes) OVER one_row
                ELSE string_agg(notes, chr(10) ORDER BY line_no) OVER one_row
            END
        } AS whole
    FROM numbered
    WINDOW one_row AS (PARTITION BY said_of, nth)
)

SELECT
    line_no,
    CASE WHEN said_of IS NULL THEN line_no ELSE first_line END AS row_line,
    part_no,
    no_data,
    ends_early,
    patient_id,
    CASE WHEN said_of IS NULL THEN performed_at ELSE whole.performed_at END AS performed_at,
    has_time,
    session_id,
    exercise,
    exercise_name,
    side,
    whole."sets" AS "sets",
    whole.reps AS reps,
    whole.duration_s AS duration_s,
    whole.pain_before AS pain_before,
    whole.pain_during AS pain_during,
    whole.pain_after AS pain_after,
    whole.stopped_early AS stopped_early,
    whole.notes AS notes,
    CASE WHEN said_of IS NULL THEN utc_offset_minutes ELSE whole.utc_offset_minutes END AS utc_offset_minutes,
    score_time,
    CASE
        WHEN fault IS NOT NULL OR said_of IS NULL THEN fault
        WHEN faulty_line IS NOT NULL THEN 'other_score_rejected'
        WHEN is_uneven THEN 'scores_uneven'
        WHEN is_contradicted THEN 'scores_contradict'
    END AS fault,
    fault_column,
    fault_value,
    CASE
        WHEN fault IS NOT NULL OR said_of IS NULL THEN fault_details
        WHEN faulty_line IS NOT NULL THEN json_object('line', faulty_line)
        WHEN is_contradicted AND NOT is_uneven THEN json_object('line', first_line)
    END AS fault_details,
    line
FROM together

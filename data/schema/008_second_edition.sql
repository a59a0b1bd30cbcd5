-- The rule set of the second edition of the definitions: what counts as a rise is compared with what is usual for the
-- patient. Nothing has been able to make another version than the first, which these thresholds replace.
DROP TABLE clinic.rule_set;

CREATE TABLE clinic.rule_set AS
SELECT
    1 AS version,
    TIMESTAMP '1900-01-01' AS made_at,
    'Supine' AS author,
    'The rules that Supine comes with.' AS reason,
    thresholds.*
FROM (
    SELECT struct_pack(
        -- Which days the list looks at.
        window_days := 7,
        baseline_days := 21,
        list_days := 28,
        recent_days := 7,

        -- How rows become sessions.
        session_gap_minutes := 60,
        session_id_hours := 12,

        -- Severity: the edges of the bands of a score, and of the questionnaires.
        mild_from := CAST(1 AS DECIMAL(5, 3)),
        moderate_from := CAST(4 AS DECIMAL(5, 3)),
        severe_from := CAST(7 AS DECIMAL(5, 3)),
        severity_days := 4,
        zcq_mild_below := CAST(2 AS DECIMAL(4, 3)),
        zcq_moderate_below := CAST(3 AS DECIMAL(4, 3)),
        odi_mild_to := CAST(20 AS DECIMAL(6, 3)),
        odi_moderate_to := CAST(40 AS DECIMAL(6, 3)),

        -- A rise that is an important change (Ostelo 2008), and one that counts towards a comparison.
        important_rise := CAST(2 AS DECIMAL(5, 3)),
        small_rise := CAST(1 AS DECIMAL(5, 3)),

        -- What is usual: as if the patient had some sessions with an average rise before; and its limits, the last one
        -- after a first review.
        imagined_sessions := 4,
        imagined_rise := CAST(0.4 AS DECIMAL(5, 3)),
        least_usual_rise := CAST(-1 AS DECIMAL(5, 3)),
        most_usual_rise := CAST(1 AS DECIMAL(5, 3)),
        most_usual_rise_reviewed := CAST(1.5 AS DECIMAL(5, 3)),
        sessions_for_own_usual := 4,

        -- How far above the usual recent sessions have to lie.
        sessions_to_compare := 3,
        last_sessions := 3,
        sessions_with_small_rise := 2,
        first_excess := CAST(0.65 AS DECIMAL(5, 3)),
        first_excess_of_last := CAST(1.5 AS DECIMAL(5, 3)),
        severe_excess := CAST(0.5 AS DECIMAL(5, 3)),
        soon_excess := CAST(0.5 AS DECIMAL(5, 3)),
        soon_excess_of_last := CAST(0.8 AS DECIMAL(5, 3)),
        rise_above_usual := CAST(2.5 AS DECIMAL(5, 3)),
        last_rise_above_usual := CAST(1.5 AS DECIMAL(5, 3)),
        excess_if_unknown := CAST(2 AS DECIMAL(5, 3)),

        -- Other reasons and labels.
        stopped_after_days := 3,
        resting_pain_points := CAST(1 AS DECIMAL(5, 3)),
        resting_pain_deviations := CAST(1 AS DECIMAL(5, 3)),
        resting_pain_days := 4,
        left_from_days := 28,
        left_to_days := 90,
        left_arrival_days := 28,
        silent_days := 7,
        upload_days := 7,
        repeated_sessions := 2,

        -- Adherence.
        exposure_days := 4,
        adherent_from := CAST(0.8 AS DECIMAL(4, 3)),
        partial_from := CAST(0.5 AS DECIMAL(4, 3)),
        low_adherence_days := 14,

        -- Sections of the screen: reviewed of late, and less pain at rest than some weeks before.
        reviewed_days := 28,
        good_news_points := CAST(1 AS DECIMAL(5, 3)),
        good_news_days := 4,
        good_news_window_days := 7,
        good_news_from_days := 21,
        good_news_to_days := 15,

        -- Which exercise provokes a rise most often.
        provoking_share := CAST(0.6 AS DECIMAL(4, 3)),
        provoking_sessions := 3,

        note_words := [
            'numb', 'numbness', 'weak', 'weakness', 'tingling', 'bladder', 'bowel', 'incontinence', 'saddle', 'fell',
            'shooting', 'radiating', 'worse', '저림', '저리', '마비', '힘이 빠', '대소변', '소변', '대변', '넘어', '악화'
        ]
    ) AS thresholds
) AS given;

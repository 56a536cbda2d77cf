-- R__analytics_recording.sql: what was recorded of the heart.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure, by its name.

CREATE OR REPLACE VIEW analytics.ecg AS
SELECT
    h.user_id,
    e.ref,
    h.day,
    h.recorded_at,
    analytics.local_time(h.recorded_at, h.timezone)                     AS local_started_at,
    h.ecg_signal_id                                                     AS signal_id,
    h.afib,
    coalesce(f.name, 'afib_' || h.afib)                                 AS afib_name,
    coalesce(h.heart_rate, s.heart_rate)                                AS heart_rate,
    s.sampling_hz,
    cardinality(s.microvolts)                                           AS sample_count,
    coalesce(p.name, 'position_' || s.wear_position)                    AS wear_position,
    'device'::text                                                      AS origin,
    nullif(h.device_id, '')                                             AS device_id,
    coalesce(m.name, h.model)                                           AS model,
    h.timezone
FROM withings.heart_record h
LEFT JOIN sync.enrolment e ON e.user_id = h.user_id
LEFT JOIN withings.ecg_signal s ON s.user_id = h.user_id AND s.signal_id = h.ecg_signal_id
LEFT JOIN withings.afib_class f ON f.afib = h.afib
LEFT JOIN withings.measure_position p ON p.position = s.wear_position
LEFT JOIN withings.device_model m ON m.model_id = h.model_id
WHERE h.ecg_signal_id IS NOT NULL
  AND h.deleted_at IS NULL;
COMMENT ON VIEW   analytics.ecg                  IS 'Every ECG with its finding, one row each; nothing deleted';
COMMENT ON COLUMN analytics.ecg.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.ecg.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.ecg.day              IS 'Local calendar date of the recording';
COMMENT ON COLUMN analytics.ecg.recorded_at      IS 'When it was recorded';
COMMENT ON COLUMN analytics.ecg.local_started_at IS 'Local wall time of the recording, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.ecg.signal_id        IS 'Number of the curve: analytics.ecg_sample';
COMMENT ON COLUMN analytics.ecg.afib             IS 'Code of the finding on atrial fibrillation: withings.afib_class; null when not told';
COMMENT ON COLUMN analytics.ecg.afib_name        IS 'The finding by name, or afib_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.ecg.heart_rate       IS 'Mean heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.ecg.sampling_hz      IS 'Values per second of the curve; null when it was not fetched';
COMMENT ON COLUMN analytics.ecg.sample_count     IS 'Values of the curve; null when it was not fetched';
COMMENT ON COLUMN analytics.ecg.wear_position    IS 'Where on the body, by name, or position_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.ecg.origin           IS 'Always device';
COMMENT ON COLUMN analytics.ecg.device_id        IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.ecg.model            IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.ecg.timezone         IS 'Timezone it was recorded in; null when not told';

CREATE OR REPLACE VIEW analytics.ecg_sample AS
SELECT
    h.user_id,
    e.ref,
    h.day,
    h.ecg_signal_id                                                     AS signal_id,
    sample.number::integer                                              AS sample_number,
    ((sample.number - 1) * 1000.0 / nullif(s.sampling_hz, 0))::numeric(12, 3) AS offset_ms,
    h.recorded_at,
    sample.microvolts
FROM withings.heart_record h
JOIN withings.ecg_signal s ON s.user_id = h.user_id AND s.signal_id = h.ecg_signal_id
CROSS JOIN LATERAL unnest(s.microvolts) WITH ORDINALITY AS sample (microvolts, number)
LEFT JOIN sync.enrolment e ON e.user_id = h.user_id
WHERE h.deleted_at IS NULL;
COMMENT ON VIEW   analytics.ecg_sample               IS 'The curves of ECGs, one row for each value: about 10,000 to a curve, so ask for one signal_id';
COMMENT ON COLUMN analytics.ecg_sample.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.ecg_sample.ref           IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.ecg_sample.day           IS 'Local calendar date of the recording';
COMMENT ON COLUMN analytics.ecg_sample.signal_id     IS 'The curve: analytics.ecg';
COMMENT ON COLUMN analytics.ecg_sample.sample_number IS 'Place in the curve, from 1';
COMMENT ON COLUMN analytics.ecg_sample.offset_ms     IS 'Time since the beginning of the curve, ms; null when the values per second are not told';
COMMENT ON COLUMN analytics.ecg_sample.recorded_at   IS 'When it was recorded';
COMMENT ON COLUMN analytics.ecg_sample.microvolts    IS 'The value, µV';

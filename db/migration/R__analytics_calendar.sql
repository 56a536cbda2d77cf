-- R__analytics_calendar.sql: every day there is, for reports that also show the days on which nothing came.
-- Columns are only ever appended, so nobody's own views break.

CREATE OR REPLACE VIEW analytics.calendar AS
SELECT
    day::date                                         AS day,
    date_trunc('week', day)::date                     AS week,
    date_trunc('month', day)::date                    AS month,
    extract(year FROM day)::integer                   AS year,
    extract(isoyear FROM day)::integer                AS iso_year,
    extract(week FROM day)::integer                   AS iso_week,
    extract(isodow FROM day)::integer                 AS iso_weekday,
    extract(isodow FROM day) >= 6                     AS is_weekend
FROM generate_series('2009-01-01'::timestamp, '2040-12-31'::timestamp, interval '1 day') AS series (day);
COMMENT ON VIEW   analytics.calendar             IS 'Every day from 2009, when the first scale was sold, to 2040, the same for everybody';
COMMENT ON COLUMN analytics.calendar.day         IS 'The day';
COMMENT ON COLUMN analytics.calendar.week        IS 'Monday of its week';
COMMENT ON COLUMN analytics.calendar.month       IS 'First day of its month';
COMMENT ON COLUMN analytics.calendar.year        IS 'Its year';
COMMENT ON COLUMN analytics.calendar.iso_year    IS 'Year its week belongs to, by ISO 8601';
COMMENT ON COLUMN analytics.calendar.iso_week    IS 'Number of its week, 1 to 53, by ISO 8601';
COMMENT ON COLUMN analytics.calendar.iso_weekday IS '1 Monday … 7 Sunday';
COMMENT ON COLUMN analytics.calendar.is_weekend  IS 'Saturday or Sunday';

-- growth-people.sql: for growth.sh. So many people, each with ten cursors; of a hundred people, three are due, one of them for
-- an hour already, and one is being visited.
DELETE FROM sync.enrolment;
DELETE FROM sync.rejected_record;

INSERT INTO sync.enrolment (user_id, ref, status, scopes, enrolled_at)
SELECT u, 'P-' || u, 'active', '{user.metrics}', now() FROM generate_series(1, :people) u;

INSERT INTO sync.cursor (user_id, resource, reached_at, next_due_at, last_success_at)
SELECT u, r.resource, now(),
    CASE WHEN u % 100 = 1 AND r.n = 1 THEN now() - interval '1 hour' WHEN u % 100 < 4 AND r.n = 2 THEN now() - interval '1 minute'
        ELSE now() + (u * 17 + r.n * 101) % 1800 * interval '1 second' END,
    now() - interval '10 minutes'
FROM generate_series(1, :people) u
CROSS JOIN unnest('{measures,activity,intraday,workouts,sleep,sleep-samples,heart,ecg,devices,goals}'::text[])
    WITH ORDINALITY r (resource, n);

INSERT INTO sync.token (user_id, access_token, refresh_token, expires_at)
SELECT u, 'twelve bytes', 'twelve bytes', now() + interval '3 hours' FROM generate_series(1, :people) u;

INSERT INTO sync.lease (user_id, holder, held_until)
SELECT u, 'another', now() + interval '2 minutes' FROM generate_series(1, :people) u WHERE u % 100 = 2;

INSERT INTO sync.rejected_record (user_id, resource, fingerprint, reason, record)
SELECT u, 'measures', '\x01', 'made up', '{}' FROM generate_series(1, :people) u WHERE u % 10 = 0;

INSERT INTO sync.run (user_id, run_id, cause, started_at, finished_at)
SELECT u, gen_random_uuid(), 'schedule', now() - n * interval '30 minutes', now() FROM generate_series(1, :people) u, generate_series(1, 20) n;

VACUUM ANALYZE sync.enrolment, sync.cursor, sync.token, sync.lease, sync.rejected_record, sync.run;

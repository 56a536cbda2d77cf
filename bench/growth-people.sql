-- growth-people.sql: for growth.sh. So many people, each with ten cursors; of a hundred people, three are due, one of them for
-- an hour already, and one is being visited; of a thousand, the process that was with one has died. The days of one in two hundred
-- are still to be summed up. Tokens are of every age there is where they are refreshed a quarter of an hour before they end.
DELETE FROM sync.enrolment;
DELETE FROM sync.rejected_record;
DELETE FROM sync.summary_due;

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

INSERT INTO sync.token (user_id, access_token, refresh_token, expires_at, refreshed_at)
SELECT u, decode(repeat('5c', 110), 'hex'), decode(repeat('5c', 110), 'hex'), at, at - interval '3 hours'
FROM (SELECT u, now() + interval '10 minutes' + u * 7919 % 10200 * interval '1 second' AS at FROM generate_series(1, :people) u) t;

INSERT INTO sync.lease (user_id, holder, held_until)
SELECT u, 'another', now() + interval '2 minutes' FROM generate_series(1, :people) u WHERE u % 100 = 2
UNION ALL
SELECT u, 'the dead', now() - interval '2 seconds' FROM generate_series(1, :people) u WHERE u % 1000 = 5;

INSERT INTO sync.summary_due (user_id, due_from, due_to)
SELECT u, CASE WHEN u % 200 = 0 THEN current_date - 1 ELSE 'infinity' END, CASE WHEN u % 200 = 0 THEN current_date ELSE '-infinity' END
FROM generate_series(1, :people) u;

INSERT INTO sync.rejected_record (user_id, resource, fingerprint, reason, record)
SELECT u, 'measures', '\x01', 'made up', '{}' FROM generate_series(1, :people) u WHERE u % 10 = 0;

INSERT INTO sync.run (user_id, run_id, cause, started_at, finished_at)
SELECT u, gen_random_uuid(), 'schedule', now() - n * interval '30 minutes', now() FROM generate_series(1, :people) u, generate_series(1, 20) n;

VACUUM ANALYZE sync.enrolment, sync.cursor, sync.token, sync.lease, sync.summary_due, sync.rejected_record, sync.run;

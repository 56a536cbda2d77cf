-- growth.sql, for growth.sh: as store/ writes them, by name.

--: who is due, ten of them, taken
INSERT INTO sync.lease (user_id, holder, held_until)
SELECT c.user_id, 'me', now() + interval '2 minutes'
FROM sync.cursor c
JOIN sync.enrolment e ON e.user_id = c.user_id
LEFT JOIN sync.lease l ON l.user_id = c.user_id
WHERE c.next_due_at <= now()
  AND c.resource IN ('measures', 'activity', 'intraday', 'workouts', 'sleep', 'sleep-samples', 'heart', 'ecg', 'devices', 'goals')
  AND e.status = 'active' AND (e.fetch_until IS NULL OR e.fetch_until >= current_date)
  AND (l.held_until IS NULL OR l.held_until < now() OR l.held_until > now() + interval '12 minutes')
GROUP BY c.user_id
ORDER BY min(c.next_due_at)
LIMIT 10
ON CONFLICT (user_id) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE sync.lease.held_until < now() OR sync.lease.held_until > now() + interval '12 minutes'
RETURNING user_id;

--: one person taken
INSERT INTO sync.lease (user_id, holder, held_until) VALUES (7, 'me', now() + interval '2 minutes')
ON CONFLICT (user_id) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE sync.lease.held_until < now() RETURNING user_id;

--: one process's leases kept alive
UPDATE sync.lease SET held_until = now() + interval '2 minutes' WHERE holder = 'me' AND user_id IN (7, 8, 9);

--: one cursor held while a page is written
SELECT resource FROM sync.cursor WHERE user_id = 7 AND resource = 'sleep' FOR UPDATE;

--: one token locked
SELECT * FROM sync.token WHERE user_id = 7 FOR UPDATE;

--: freshness of one person
SELECT * FROM analytics.freshness WHERE user_id = 7;

--: status of one person
SELECT * FROM sync.cursor WHERE user_id IN (7);

--: status of everybody
SELECT * FROM sync.cursor;

--: rejects of everybody, for status
SELECT user_id, resource, count(*) FROM sync.rejected_record GROUP BY 1, 2;

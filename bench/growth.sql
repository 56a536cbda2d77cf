-- growth.sql, for growth.sh: what the service sends (store/), by name. Taken from pg_stat_statements.query of a running `serve` and of `status`;
-- only quotes are left out, values put in for $1 and the like, and lists of columns shortened where all are asked for.

--: who is due, eight of them, taken
-- A process that is with three people and has had two since it last looked.
insert into sync.lease (user_id, holder, held_until)
select due.user_id, 'me', now() + make_interval(secs => 20)
from (select cursor.user_id, cursor.next_due_at
      from sync.cursor
      join sync.enrolment on enrolment.user_id = cursor.user_id
      left outer join sync.lease on lease.user_id = cursor.user_id
      where (cursor.next_due_at <= now()
          and cursor.resource in ('measures', 'activity', 'intraday', 'workouts', 'sleep', 'sleep-samples', 'heart', 'ecg',
              'devices', 'goals')
          and enrolment.status = 'active'
          and (enrolment.fetch_until is null or enrolment.fetch_until >= current_date - 1)
          and lease.user_id is null
          and cursor.user_id <> all (cast('{5,6}' as bigint[]))
          and cursor.user_id <> all (cast('{7,8,9}' as bigint[])))
      order by cursor.next_due_at
      fetch next 80 rows only
      for no key update of cursor skip locked) as due
group by due.user_id
order by min(due.next_due_at)
fetch next 8 rows only
on conflict do nothing
returning lease.user_id;

--: people of a dead process, taken over
update sync.lease set holder = 'me', held_until = now() + make_interval(secs => 20)
where lease.user_id in (
    select lease.user_id
    from sync.lease
    where ((lease.held_until < now() + make_interval(secs => 0) or lease.held_until > now() + make_interval(secs => 620))
        and lease.user_id <> all (cast('{7,8,9}' as bigint[])))
    order by lease.held_until
    fetch next 8 rows only
    for update skip locked)
returning lease.user_id;

--: one person taken, where somebody left a lease
update sync.lease set holder = 'me', held_until = now() + make_interval(secs => 20)
where lease.user_id in (
    select lease.user_id
    from sync.lease
    where (lease.user_id = 7
        and (lease.held_until < now() + make_interval(secs => 0) or lease.held_until > now() + make_interval(secs => 620)))
    for update)
returning lease.user_id;

--: one person taken, where nobody did
insert into sync.lease (user_id, holder, held_until) values (7, 'me', now() + make_interval(secs => 20))
on conflict do nothing
returning lease.user_id;

--: one process's leases kept alive
update sync.lease set held_until = now() + make_interval(secs => 20)
where (lease.holder = 'another' and lease.user_id = any (cast('{2,7,8}' as bigint[])))
returning lease.user_id;

--: one cursor held while a page is written
with own as (
    select lease.user_id
    from sync.lease
    where (lease.user_id = 2 and lease.holder = 'another'
        and not (lease.held_until < now() + make_interval(secs => 0) or lease.held_until > now() + make_interval(secs => 620)))
    for key share)
select cursor.resource
from sync.cursor
where (cursor.user_id = 2 and cursor.resource = 'sleep' and exists (select 1 as one from own))
for update of cursor;

--: tokens that end soon
select token.user_id
from sync.token
join sync.enrolment on enrolment.user_id = token.user_id
where (enrolment.status = 'active'
    and (enrolment.fetch_until is null or enrolment.fetch_until >= current_date - 1)
    and ((token.expires_at < now() + interval '15 minutes'
            and exists (select 1 as one
                        from sync.cursor
                        where (cursor.user_id = token.user_id and cursor.next_due_at < now() + interval '15 minutes')))
        or token.refreshed_at < now() - interval '7 days'))
order by token.expires_at
fetch next 1000 rows only;

--: one token read
select access_token, refresh_token, previous_refresh_token, expires_at, refreshed_at, used_at, attempted_at
from sync.token
where token.user_id = 7;

--: one token locked
select user_id, access_token, refresh_token, previous_refresh_token, expires_at, refreshed_at, used_at, attempted_at, key_id
from sync.token
where token.user_id = 7
for update;

--: whose days are to be summed up, of everybody
select enrolment.user_id
from sync.enrolment
left outer join sync.summary_due on summary_due.user_id = enrolment.user_id
where (summary_due.user_id is null or summary_due.due_from <= summary_due.due_to)
order by enrolment.user_id;

--: whether days of one person are to be summed up
select enrolment.user_id
from sync.enrolment
left outer join sync.summary_due on summary_due.user_id = enrolment.user_id
where ((summary_due.user_id is null or summary_due.due_from <= summary_due.due_to) and enrolment.user_id = 7);

--: freshness of one person
SELECT * FROM analytics.freshness WHERE user_id = 7;

--: freshness of everybody
SELECT * FROM analytics.freshness;

--: status of one person
select * from sync.cursor where cursor.user_id in (7);

--: status of everybody
select * from sync.cursor;

--: rejects of everybody, for status
select user_id, resource, count(*) from sync.rejected_record group by user_id, resource;

--: share of those who must consent again, for the metrics
select avg(case when enrolment.status = 'reconsent' then 1.0 else 0.0 end)
from sync.enrolment
where enrolment.status <> 'unlinked';

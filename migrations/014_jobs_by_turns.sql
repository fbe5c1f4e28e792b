-- Jobs are taken by turns between organizations: whoever was served longest ago is next, so nobody waits behind the
-- whole queue of somebody else. Derived from the jobs themselves rather than from a list of who waits: that could not
-- be kept right cheaply while jobs are queued, cancelled and lost at the same time.
create table job_turns (
  kind text not null,
  organization_id text collate "C" not null references organizations on delete cascade,
  turn bigint not null,                      -- when it was served last: a number that only grows
  primary key (kind, organization_id)
);
create sequence job_turn_numbers;
select scope_to_organization('job_turns');
revoke all on job_turns from tertulia_scoped;   -- the gateway's own work

drop index jobs_waiting;
create index jobs_unfinished on jobs (kind, organization_id, number) where status in ('QUEUED', 'RUNNING');
-- What the runner looks for every two seconds. Not with seen_at, which is written twice a second.
create index jobs_running on jobs (number) where status = 'RUNNING';

-- Takes up the next job of the kind: the oldest one of the organization that was served longest ago, among those that
-- wait or lost their process. The index is walked from organization to organization, so the cost grows with the number
-- of organizations that wait, not with the number of jobs.
create function claim_job(
  p_kind text,
  p_runner uuid,
  p_most_attempts integer,                   -- taken up as often, a job is not taken up again
  p_lost_seconds integer                     -- a process silent for so long is lost
) returns setof jobs language plpgsql
set enable_seqscan = off                     -- a young table has no statistics yet
set plan_cache_mode = force_generic_plan
as $$
declare
  v_organization text;
  v_job uuid;
  v_lost timestamptz := clock_timestamp() - make_interval(secs => p_lost_seconds);
begin
  -- One claim at a time: two at once would both serve the same organization.
  perform pg_advisory_xact_lock(hashtextextended('claim_job ' || p_kind, 0));
  for v_organization in
    with recursive unfinished (organization_id) as (
      (select j.organization_id from jobs j
        where j.kind = p_kind and j.status in ('QUEUED', 'RUNNING')
        order by j.organization_id limit 1)
      union all
      select (select j.organization_id from jobs j
               where j.kind = p_kind and j.organization_id > u.organization_id and j.status in ('QUEUED', 'RUNNING')
               order by j.organization_id limit 1)
        from unfinished u where u.organization_id is not null
    )
    select u.organization_id
      from unfinished u
      cross join lateral (
        select j.number from jobs j
         where j.kind = p_kind and j.organization_id = u.organization_id and j.status in ('QUEUED', 'RUNNING')
           and j.attempts < p_most_attempts and (j.status = 'QUEUED' or j.seen_at < v_lost)
         order by j.number limit 1) oldest
      left join job_turns t on t.kind = p_kind and t.organization_id = u.organization_id
     order by t.turn nulls first, oldest.number
  loop
    select j.id into v_job from jobs j
     where j.kind = p_kind and j.organization_id = v_organization and j.status in ('QUEUED', 'RUNNING')
       and j.attempts < p_most_attempts and (j.status = 'QUEUED' or j.seen_at < v_lost)
     order by j.number limit 1
       for update skip locked;
    if found then
      insert into job_turns values (p_kind, v_organization, nextval('job_turn_numbers'))
        on conflict (kind, organization_id) do update set turn = excluded.turn;
      return query
        update jobs j set status = 'RUNNING', runner = p_runner, seen_at = clock_timestamp(), attempts = attempts + 1
         where j.id = v_job returning j.*;
      return;
    end if;
  end loop;
end $$;

-- What a client pages by is of its own organization: a number that the database gives out to all of them would tell how
-- much the others do. Places are written from time and id; the numbers only keep the order of what happened at once.
drop index jobs_by_age;
create index jobs_by_age on jobs (organization_id, created_at, number);

drop index datasets_by_age;
create index datasets_by_age on datasets (organization_id, created_at, number);

alter table audit_log rename column id to number;
alter table audit_log drop constraint audit_log_pkey;
alter table audit_log add column id uuid primary key default gen_random_uuid();
drop index audit_log_by_organization;
create index audit_log_by_age on audit_log (organization_id, at, number);

-- So that a page of what the logs say of a person reads no more than the page.
drop index membership_events_by_user;
create index membership_events_by_user on membership_events (organization_id, user_id, at) where user_id is not null;

-- What the logs say of a person, in the order of its happening: at most p_limit events after the one at the place. Who
-- leaves one city for another does both at once, hence p_joined. The rows of an index, whatever statistics say: without
-- any, a plan that reads and sorts everything of the person looks cheaper.
create function events_of_user(
  p_organization text,
  p_user_id text,
  p_at timestamptz,                          -- null, as all of the place: from the first event
  p_joined boolean,
  p_room_id uuid,
  p_seq integer,
  p_limit integer
) returns setof membership_events language plpgsql stable
set plan_cache_mode = force_custom_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
begin
  return query select e.* from membership_events e
   where e.organization_id = p_organization and e.user_id = p_user_id
     and e.at >= coalesce(p_at, '-infinity')
     and (p_at is null or (e.at, e.kind = 'JOINED', e.room_id, e.seq) > (p_at, p_joined, p_room_id, p_seq))
   order by e.at, e.kind = 'JOINED', e.room_id, e.seq limit p_limit;
end $$;

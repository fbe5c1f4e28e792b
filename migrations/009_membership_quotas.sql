-- Quotas of members, cities, rooms and kept events hold in the transaction that changes their numbers: the numbers are
-- kept, one row for each organization, and written last, just before the commit.
alter table organizations
  add column max_cities bigint check (max_cities >= 0),
  add column max_rooms bigint check (max_rooms >= 0),
  add column max_events bigint check (max_events >= 0);

-- A room of two or three makes as many rooms as members; ten is the least.
update organizations set room_capacity = 10 where room_capacity < 10;
alter table organizations drop constraint organizations_room_capacity_check,
  add constraint organizations_room_capacity_check check (room_capacity >= 10);

create table organization_usage (
  organization_id text collate "C" primary key references organizations on delete cascade,
  members bigint not null default 0,
  cities bigint not null default 0,
  rooms bigint not null default 0,
  events bigint not null default 0,          -- from each city's oldest_seq on
  room_capacity integer default 0            -- what open_rooms was made for; null: no limit, 0: it was not made yet
) with (fillfactor = 10);                    -- written by every group: heap-only updates need free space on its page
insert into organization_usage (organization_id, members, cities, rooms, events)
  select o.id, coalesce(sum(c.member_count), 0), count(c.id),
         (select count(*) from rooms r where r.organization_id = o.id), coalesce(sum(c.seq - c.oldest_seq + 1), 0)
    from organizations o left join cities c on c.organization_id = o.id
   group by o.id;
select scope_to_organization('organization_usage');

-- Rooms with space, so that one is found among any number of full ones. A table rather than an index on member_count:
-- that would end the heap-only updates of rooms. It has one index, so a look-up has one plan. Without foreign keys, as
-- members and events: only the functions below write it.
create table open_rooms (
  organization_id text collate "C" not null,
  city_id bigint not null,
  segment_key text collate "C" not null,
  ordinal integer not null,
  room_id uuid not null,
  primary key (city_id, segment_key, ordinal)
);
select scope_to_organization('open_rooms');
alter policy scoped on open_rooms using (organization_id is not distinct from current_organization());

-- Another capacity: all rooms of the organization are looked at once, while none of them can change.
create function list_open_rooms(p_organization text, p_capacity integer) returns void language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
  perform from cities where organization_id = p_organization order by id for no key update;
  if (select u.room_capacity is not distinct from p_capacity
        from organization_usage u where u.organization_id = p_organization for no key update) then
    return;                                  -- somebody else was faster
  end if;
  delete from open_rooms where organization_id = p_organization;
  insert into open_rooms (organization_id, city_id, segment_key, ordinal, room_id)
    select r.organization_id, r.city_id, r.segment_key, r.ordinal, r.id from rooms r
     where r.organization_id = p_organization and (p_capacity is null or r.member_count < p_capacity);
  update organization_usage set room_capacity = p_capacity where organization_id = p_organization;
end $$;

drop function open_moves(text, text[], text[], text[], text[], integer);

-- Locks are always taken in the same order (users, new cities, cities, the organization's usage), so groups never
-- deadlock. A city's lock covers its rooms, its counts and its log. The usage is locked here only where a limit is near;
-- elsewhere apply_moves adds to it, holds it for as long as a commit takes, and finds out if the limit was passed after
-- all: then the group is planned again, and near.
create function open_moves(
  p_organization text,
  p_user_ids text[],
  p_city_keys text[],                        -- where each user goes; null: nowhere
  p_city_names text[],
  p_segment_keys text[],                     -- the segment that each user goes to
  p_defaults json                            -- roomCapacity and limits of organizations that have no others
) returns json language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  c_near constant integer := 1000;           -- more than one group can add
  v_capacity integer;
  v_usage organization_usage;
  v_limits record;
  v_members json;
  v_their_cities bigint[];
  v_their_rooms uuid[];
  v_city_ids bigint[];
  v_new_ids bigint[];
  v_largest bigint;
  v_is_near boolean;
  v_cities json;
begin
  perform pg_advisory_xact_lock(h)
    from (select hashtextextended(p_organization || ' ' || u, 0) h from unnest(p_user_ids) u order by 1) users;

  select coalesce(o.max_members, d.members) as members, coalesce(o.max_cities, d.cities) as cities,
         coalesce(o.max_rooms, d.rooms) as rooms, coalesce(o.max_events, d.events) as events,
         coalesce(o.room_capacity, d."roomCapacity") as room_capacity
    into v_limits
    from organizations o,
         json_to_record(p_defaults) as d("roomCapacity" integer, members bigint, cities bigint, rooms bigint, events bigint)
   where o.id = p_organization;
  v_capacity := v_limits.room_capacity;
  select * into v_usage from organization_usage where organization_id = p_organization;
  if not found then
    insert into organization_usage (organization_id) values (p_organization) on conflict do nothing;
    select * into v_usage from organization_usage where organization_id = p_organization;
  end if;

  select json_agg(json_build_object('userId', m.user_id, 'cityId', m.city_id::text, 'roomId', m.room_id,
           'segmentKey', m.segment_key, 'modelId', m.model_id, 'features', encode(m.features, 'hex'),
           'assignedAt', to_char(m.assigned_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))),
         array_agg(m.city_id), array_agg(m.room_id)
    into v_members, v_their_cities, v_their_rooms
    from unnest(p_user_ids) as u(id)
   cross join lateral (select * from members x
                        where x.organization_id = p_organization and x.user_id = u.id limit 1) m;

  v_city_ids := city_ids(p_organization, p_city_keys);
  if exists (select from unnest(p_city_keys, v_city_ids) w(key, id) where w.key is not null and w.id is null) then
    with added as (
      insert into cities (organization_id, key, name)
        select p_organization, w.key, (array_agg(w.name order by w.n))[1]
          from unnest(p_city_keys, p_city_names, v_city_ids) with ordinality as w(key, name, id, n)
         where w.key is not null and w.id is null
         group by w.key order by w.key
        on conflict do nothing returning id)
    select array_agg(id) into v_new_ids from added;
    v_city_ids := city_ids(p_organization, p_city_keys);
  end if;

  if v_usage.room_capacity is distinct from v_capacity then
    perform list_open_rooms(p_organization, v_capacity);
  end if;
  if v_usage.events + 2 * cardinality(p_user_ids) > v_limits.events then
    -- The log that is longest gives way first, whoever writes.
    select c.id into v_largest from cities c where c.organization_id = p_organization
     order by c.seq - c.oldest_seq desc limit 1;
  end if;

  -- A row that is waited for is read as its last holder committed it.
  select json_agg(json_build_object('id', c.id::text, 'key', c.key, 'name', c.name, 'seq', c.seq,
                                    'oldestSeq', c.oldest_seq, 'memberCount', c.member_count,
                                    'isNew', c.id = any (coalesce(v_new_ids, '{}'))))
    into v_cities
    from (select distinct i from unnest(v_city_ids || v_their_cities || v_largest) i where i is not null order by i) w(id)
   cross join lateral (select * from cities x where x.id = w.id limit 1 for no key update) c;

  v_is_near := v_usage.members + c_near > v_limits.members or v_usage.cities + c_near > v_limits.cities
    or v_usage.rooms + c_near > v_limits.rooms or v_usage.events + c_near > v_limits.events;
  if v_is_near then
    select * into v_usage from organization_usage where organization_id = p_organization for no key update;
  end if;

  return json_build_object('cities', v_cities, 'members', v_members,
    'capacity', v_capacity, 'isNear', v_is_near,
    'usage', json_build_object('members', v_usage.members, 'cities', v_usage.cities, 'rooms', v_usage.rooms,
                               'events', v_usage.events),
    'limits', json_build_object('members', v_limits.members, 'cities', v_limits.cities, 'rooms', v_limits.rooms,
                                'events', v_limits.events),
    'rooms', (
      with wanted as (
        select w.city_id, w.segment_key, case when v_capacity is null then 1 else count(*) end as most
          from unnest(v_city_ids, p_segment_keys) w(city_id, segment_key)
         where w.city_id is not null group by 1, 2)
      select json_agg(json_build_object('id', r.id, 'cityId', r.city_id::text, 'segmentKey', r.segment_key,
                        'segmentNumber', r.segment_number, 'ordinal', r.ordinal, 'memberCount', r.member_count)
                      order by r.ordinal)
        from (select found.*
                from wanted w
               cross join lateral (select o.room_id from open_rooms o
                                    where o.city_id = w.city_id and o.segment_key = w.segment_key
                                    order by o.ordinal limit w.most) o
               cross join lateral (select * from rooms x where x.id = o.room_id limit 1) found
              union
              select last.*
                from wanted w
               cross join lateral (select * from rooms x where x.city_id = w.city_id and x.segment_key = w.segment_key
                                    order by x.ordinal desc limit 1) last
              union
              select found.*
                from unnest(v_their_rooms) w(id)
               cross join lateral (select * from rooms x where x.id = w.id limit 1) found) r));
end $$;

drop function apply_moves(text, json, json, json, json, text[], text[]);

-- Writes a plan. The lists of rows are JSON, named as the tables' columns; counts and numbers are final values,
-- which the cities' locks make safe.
create function apply_moves(
  p_organization text,
  p_rooms json,                              -- new ones, and those whose member_count changed
  p_opened json,                             -- open_rooms: those that have space now, and had none
  p_filled json,                             -- city_id, segment_key, ordinal of those that have none now
  p_cities json,                             -- id, seq, oldest_seq, member_count; isTrimmed: oldest_seq rose
  p_unused text[],                           -- ids of new cities that nobody entered after all
  p_events json,                             -- membership_events
  p_members json,                            -- members, to insert or replace
  p_gone text[],                             -- users who are members no more
  p_forgotten text[],                        -- users whom the log must forget
  p_added json,                              -- to the usage: members, cities, rooms, events
  p_limits json                              -- the same; null: they were near, and so the plan keeps to them
) returns void language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_row record;
  v_text text;
  v_usage organization_usage;
  v_limits organization_usage;
begin
  insert into rooms select * from json_populate_recordset(null::rooms, p_rooms)
    on conflict (id) do update set member_count = excluded.member_count;
  if p_opened is not null then
    insert into open_rooms select * from json_populate_recordset(null::open_rooms, p_opened) on conflict do nothing;
  end if;
  if p_filled is not null then
    for v_row in select * from json_populate_recordset(null::open_rooms, p_filled) loop
      delete from open_rooms
       where city_id = v_row.city_id and segment_key = v_row.segment_key and ordinal = v_row.ordinal;
    end loop;
  end if;

  insert into membership_events select * from json_populate_recordset(null::membership_events, p_events);

  for v_row in select * from json_populate_recordset(null::cities, p_cities) loop
    update cities set seq = v_row.seq, oldest_seq = v_row.oldest_seq, member_count = v_row.member_count
     where id = v_row.id;
  end loop;
  for v_row in select * from json_to_recordset(p_cities) as d(id bigint, oldest_seq integer, "isTrimmed" boolean)
                where "isTrimmed" loop
    delete from membership_events where city_id = v_row.id and seq < v_row.oldest_seq;
  end loop;

  insert into members select * from json_populate_recordset(null::members, p_members)
    on conflict (organization_id, user_id) do update
      set city_id = excluded.city_id, room_id = excluded.room_id, segment_key = excluded.segment_key,
          model_id = excluded.model_id, features = excluded.features, affinities = excluded.affinities,
          assigned_at = excluded.assigned_at,
          stated_model_id = excluded.stated_model_id, stated_features = excluded.stated_features;

  foreach v_text in array p_gone loop
    delete from members where organization_id = p_organization and user_id = v_text;
  end loop;
  foreach v_text in array p_forgotten loop
    update membership_events set user_id = null where organization_id = p_organization and user_id = v_text;
  end loop;
  foreach v_text in array p_unused loop
    delete from cities where id = v_text::bigint;
  end loop;

  select * into v_row from json_populate_record(null::organization_usage, p_added);
  update organization_usage
     set members = members + v_row.members, cities = cities + v_row.cities, rooms = rooms + v_row.rooms,
         events = events + v_row.events
   where organization_id = p_organization
  returning * into v_usage;
  if p_limits is not null then
    select * into v_limits from json_populate_record(null::organization_usage, p_limits);
    if v_usage.members > v_limits.members or v_usage.cities > v_limits.cities or v_usage.rooms > v_limits.rooms
       or v_usage.events > v_limits.events then
      raise 'the organization % came to a limit that was far when the moves were planned', p_organization
        using errcode = 'serialization_failure';
    end if;
  end if;
end $$;

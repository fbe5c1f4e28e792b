-- A young table has no statistics, and one that grew since it was analysed has wrong ones. A generic plan of
-- "organization_id = $1 and user_id = any ($2)" then reads everything of the organization and filters it: 29,000 rows
-- for a group of 64. So every look-up below is one row's, by its whole key: a lateral join, whose limit keeps the
-- planner from turning it into any other join, or a statement for each row. No statistics make another plan of it.

-- The ids of cities, one for each key in order; null: there is none yet.
create function city_ids(p_organization text, p_keys text[]) returns bigint[] language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select array_agg((select c.id from cities c where c.organization_id = p_organization and c.key = w.key limit 1)
                     order by w.n)
      from unnest(p_keys) with ordinality w(key, n));
end $$;

create or replace function open_moves(
  p_organization text,
  p_user_ids text[],
  p_city_keys text[],                        -- where each user goes; null: nowhere
  p_city_names text[],
  p_segment_keys text[],                     -- the segment that each user goes to
  p_capacity integer                         -- rooms with as many members are full; null: never
) returns json language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_members json;
  v_their_cities bigint[];
  v_their_rooms uuid[];
  v_city_ids bigint[];
  v_cities json;
begin
  perform pg_advisory_xact_lock(h)
    from (select hashtextextended(p_organization || ' ' || u, 0) h from unnest(p_user_ids) u order by 1) users;

  select json_agg(json_build_object('userId', m.user_id, 'cityId', m.city_id::text, 'roomId', m.room_id,
           'segmentKey', m.segment_key, 'modelId', m.model_id, 'features', encode(m.features, 'hex'),
           'assignedAt', to_char(m.assigned_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))),
         array_agg(m.city_id), array_agg(m.room_id)
    into v_members, v_their_cities, v_their_rooms
    from unnest(p_user_ids) as u(id)
   cross join lateral (select * from members x
                        where x.organization_id = p_organization and x.user_id = u.id limit 1) m;

  v_city_ids := city_ids(p_organization, p_city_keys);
  if array_position(v_city_ids, null) is not null then
    insert into cities (organization_id, key, name)
      select p_organization, w.key, (array_agg(w.name order by w.n))[1]
        from unnest(p_city_keys, p_city_names, v_city_ids) with ordinality as w(key, name, id, n)
       where w.key is not null and w.id is null
       group by w.key order by w.key
      on conflict do nothing;
    v_city_ids := city_ids(p_organization, p_city_keys);
  end if;

  -- A row that is waited for is read as its last holder committed it.
  select json_agg(json_build_object('id', c.id::text, 'key', c.key, 'name', c.name, 'seq', c.seq,
                                    'memberCount', c.member_count))
    into v_cities
    from (select distinct i from unnest(v_city_ids || v_their_cities) i where i is not null order by i) w(id)
   cross join lateral (select * from cities x where x.id = w.id limit 1 for no key update) c;

  return json_build_object('cities', v_cities, 'members', v_members, 'rooms', (
    select json_agg(json_build_object('id', r.id, 'cityId', r.city_id::text, 'segmentKey', r.segment_key,
                      'segmentNumber', r.segment_number, 'ordinal', r.ordinal, 'memberCount', r.member_count)
                    order by r.ordinal)
      from (select found.*
              from (select distinct city_id, segment_key from unnest(v_city_ids, p_segment_keys) w(city_id, segment_key)) w
             cross join lateral (
               select * from rooms x
                where x.city_id = w.city_id and x.segment_key = w.segment_key
                  and (p_capacity is null or x.member_count < p_capacity
                       or x.ordinal = (select l.ordinal from rooms l
                                        where l.city_id = w.city_id and l.segment_key = w.segment_key
                                        order by l.ordinal desc limit 1))
               offset 0) found
            union
            select found.*
              from unnest(v_their_rooms) w(id)
             cross join lateral (select * from rooms x where x.id = w.id limit 1) found) r));
end $$;

create or replace function apply_moves(
  p_organization text,
  p_rooms json,                              -- new ones, and those whose member_count changed
  p_cities json,                             -- id, seq, member_count
  p_events json,                             -- membership_events
  p_members json,                            -- members, to insert or replace
  p_gone text[],                             -- users who are members no more
  p_forgotten text[]                         -- users whom the log must forget
) returns void language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_city record;
  v_user text;
begin
  insert into rooms select * from json_populate_recordset(null::rooms, p_rooms)
    on conflict (id) do update set member_count = excluded.member_count;

  for v_city in select * from json_to_recordset(p_cities) as d(id bigint, seq integer, member_count integer) loop
    update cities set seq = v_city.seq, member_count = v_city.member_count where id = v_city.id;
  end loop;

  insert into membership_events select * from json_populate_recordset(null::membership_events, p_events);

  insert into members select * from json_populate_recordset(null::members, p_members)
    on conflict (organization_id, user_id) do update
      set city_id = excluded.city_id, room_id = excluded.room_id, segment_key = excluded.segment_key,
          model_id = excluded.model_id, features = excluded.features, affinities = excluded.affinities,
          assigned_at = excluded.assigned_at,
          stated_model_id = excluded.stated_model_id, stated_features = excluded.stated_features;

  foreach v_user in array p_gone loop
    delete from members where organization_id = p_organization and user_id = v_user;
  end loop;
  foreach v_user in array p_forgotten loop
    update membership_events set user_id = null where organization_id = p_organization and user_id = v_user;
  end loop;
end $$;

-- Rows that change with every group stay heap-only updates while their page has room for another version.
alter table cities set (fillfactor = 50);
alter table rooms set (fillfactor = 50);

-- The barrier between organizations must not offer an index to search by the organization alone: "=" does, and where a
-- plan was made while the table was small, its cost is a draw with the whole key's.
alter policy scoped on cities using (organization_id is not distinct from current_organization());
alter policy scoped on rooms using (organization_id is not distinct from current_organization());
alter policy scoped on members using (organization_id is not distinct from current_organization());
alter policy scoped on membership_events using (organization_id is not distinct from current_organization());

-- For the same reason the members of a room are in an order that looking up a userId cannot use: POSIX sorts as C does,
-- but is another collation, so "user_id = $2" does not fit the second column of this index.
drop index members_by_room;
create index members_by_room on members (room_id, user_id collate "POSIX");

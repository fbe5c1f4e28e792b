-- A group of moves (each user to a segment's room in a city, or out of it) is one transaction of two calls:
-- open_moves locks and reads what the moves depend on, the gateway plans them, apply_moves writes the plan.
-- Functions rather than plain statements, because a session keeps a function's plans; and because the
-- statements inside take a snapshot each, so what is read after the locks is what the last holder committed.

-- Locks are always taken in the same order (users, new cities, cities), so groups never deadlock. A city's
-- lock covers its rooms, its counts and its log.
create function open_moves(
  p_organization text,
  p_user_ids text[],
  p_city_keys text[],                        -- where each user goes; null: nowhere
  p_city_names text[],
  p_segment_keys text[],                     -- the segments gone to
  p_capacity integer                         -- rooms with as many members are full; null: never
) returns json language plpgsql
set enable_seqscan = off                     -- a young table has no statistics yet, and embedded nothing analyses
set plan_cache_mode = force_generic_plan
as $$
declare
  v_cities bigint[];
begin
  perform pg_advisory_xact_lock(h)
    from (select hashtextextended(p_organization || ' ' || u, 0) h from unnest(p_user_ids) u order by 1) users;

  insert into cities (organization_id, key, name)
    select p_organization, k, (array_agg(name order by n))[1]
      from unnest(p_city_keys, p_city_names) with ordinality as i(k, name, n)
     where k is not null
       and not exists (select from cities c where c.organization_id = p_organization and c.key = i.k)
     group by k order by k
    on conflict do nothing;

  v_cities := array(
    select c.id from cities c where c.organization_id = p_organization and c.key = any (p_city_keys)
    union
    select m.city_id from members m where m.organization_id = p_organization and m.user_id = any (p_user_ids));
  perform from cities c where c.id = any (v_cities) order by c.id for no key update;

  return json_build_object(
    'cities', (select json_agg(json_build_object('id', c.id::text, 'key', c.key, 'name', c.name,
                                'seq', c.seq, 'memberCount', c.member_count))
                 from cities c where c.id = any (v_cities)),
    'members', (select json_agg(json_build_object('userId', m.user_id, 'cityId', m.city_id::text, 'roomId', m.room_id,
                                  'segmentKey', m.segment_key, 'modelId', m.model_id, 'features', encode(m.features, 'hex'),
                                  'assignedAt', to_char(m.assigned_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
                  from members m where m.organization_id = p_organization and m.user_id = any (p_user_ids)),
    'rooms', (select json_agg(json_build_object('id', r.id, 'cityId', r.city_id::text, 'segmentKey', r.segment_key,
                                'segmentNumber', r.segment_number, 'ordinal', r.ordinal, 'memberCount', r.member_count)
                              order by r.ordinal)
                from rooms r
               where r.city_id = any (v_cities)
                 and (r.segment_key = any (p_segment_keys)
                        and (p_capacity is null or r.member_count < p_capacity
                             or r.ordinal = (select max(l.ordinal) from rooms l
                                              where l.city_id = r.city_id and l.segment_key = r.segment_key))
                      or r.id in (select m.room_id from members m
                                   where m.organization_id = p_organization and m.user_id = any (p_user_ids)))));
end $$;

-- Writes a plan. The lists of rows are JSON, named as the tables' columns; counts and numbers are final values,
-- which the cities' locks make safe.
create function apply_moves(
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
begin
  insert into rooms select * from json_populate_recordset(null::rooms, p_rooms)
    on conflict (id) do update set member_count = excluded.member_count;

  update cities c set seq = d.seq, member_count = d.member_count
    from json_to_recordset(p_cities) as d(id bigint, seq integer, member_count integer) where c.id = d.id;

  insert into membership_events select * from json_populate_recordset(null::membership_events, p_events);

  insert into members select * from json_populate_recordset(null::members, p_members)
    on conflict (organization_id, user_id) do update
      set city_id = excluded.city_id, room_id = excluded.room_id, segment_key = excluded.segment_key,
          model_id = excluded.model_id, features = excluded.features, affinities = excluded.affinities,
          assigned_at = excluded.assigned_at;

  if cardinality(p_gone) > 0 then
    delete from members where organization_id = p_organization and user_id = any (p_gone);
  end if;
  if cardinality(p_forgotten) > 0 then
    update membership_events set user_id = null where organization_id = p_organization and user_id = any (p_forgotten);
  end if;
end $$;

--! then membership/cities/match-cities

-- Every name by which a city is found: the one that it began with, and those that it was given since. Only the triggers
-- below and the renaming write it, hence without a foreign key.
create table city_names (
  organization_id text collate "C" not null,
  key text collate "C" not null,
  city_id bigint not null,
  primary key (organization_id, key)
);
create index city_names_by_city on city_names (city_id);
select scope_to_organization('city_names');
alter policy scoped on city_names using (organization_id is not distinct from current_organization());

-- A city's own key never changes: events are announced under it. The list of cities goes by the name that they have now.
-- Both are unique, since all keys of an organization's cities are.
alter table cities drop constraint cities_organization_id_key_key;
alter table cities add column name_key text collate "C" not null default '';
create index cities_by_name on cities (organization_id, name_key);

-- A city that is being added waits for whoever gives its key to another one, and is not added then.
create function add_city_name() returns trigger language plpgsql as $$
begin
  insert into city_names (organization_id, key, city_id) values (new.organization_id, new.key, new.id)
    on conflict do nothing;
  if not found then
    return null;
  end if;
  new.name_key := new.key;
  return new;
end $$;
create trigger add_name before insert on cities for each row execute function add_city_name();

create function remove_city_names() returns trigger language plpgsql as $$
begin
  delete from city_names where city_id = old.id;
  return null;
end $$;
create trigger remove_names after delete on cities for each row execute function remove_city_names();

-- The ids of cities, one for each key in order; null: there is none yet.
create or replace function city_ids(p_organization text, p_keys text[]) returns bigint[] language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select array_agg((select n.city_id from city_names n
                       where n.organization_id = p_organization and n.key = w.key limit 1) order by w.n)
      from unnest(p_keys) with ordinality w(key, n));
end $$;

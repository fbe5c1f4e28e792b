-- Which name's champion answers an organization's assignments.
alter table organizations add column default_model text collate "C" not null default 'nomads';

-- Trained versions. The file that serves is made from the manifest, always the same bytes: so it is not kept. The
-- shipped model, nomads-1, is in no row.
create table models (
  id text collate "C" primary key,
  organization_id text collate "C" not null references organizations,
  name text collate "C" not null,
  version integer not null,
  manifest json not null,
  dataset_id uuid,
  job_id uuid unique,                        -- that trained it: run again, it adds no second one
  created_at timestamptz not null default clock_timestamp(),
  unique (organization_id, name, version),
  foreign key (organization_id, dataset_id) references datasets (organization_id, id)
);
select scope_to_organization('models');

-- What people call a model's segments, where that is not what its manifest says.
create table segment_labels (
  organization_id text collate "C" not null references organizations,
  model_id text collate "C" not null,
  segment_key text collate "C" not null,
  label json not null,
  description json not null,
  primary key (organization_id, model_id, segment_key)
);
select scope_to_organization('segment_labels');

create table model_aliases (
  organization_id text collate "C" not null references organizations,
  name text collate "C" not null,
  alias text not null check (alias in ('champion', 'challenger')),
  model_id text collate "C" not null,
  primary key (organization_id, name, alias)
);
select scope_to_organization('model_aliases');

-- Who pointed an alias where, and when. Read as a stack it tells where a rollback leads.
create table alias_changes (
  id bigint generated always as identity primary key,
  organization_id text collate "C" not null references organizations,
  name text collate "C" not null,
  alias text not null,
  action text not null check (action in ('TRAINED', 'PROMOTED', 'ROLLED_BACK')),
  from_model_id text collate "C",            -- null: it pointed nowhere
  to_model_id text collate "C",
  by_whom text not null,
  at timestamptz not null default clock_timestamp()
);
create index alias_changes_by_name on alias_changes (organization_id, name, id);
select scope_to_organization('alias_changes');

-- What a member said, where the model that it is assigned under cannot take all of that: so that another model,
-- or the same one after a rollback, can.
alter table members add column stated_model_id text collate "C", add column stated_features bytea;

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
          assigned_at = excluded.assigned_at,
          stated_model_id = excluded.stated_model_id, stated_features = excluded.stated_features;

  if cardinality(p_gone) > 0 then
    delete from members where organization_id = p_organization and user_id = any (p_gone);
  end if;
  if cardinality(p_forgotten) > 0 then
    update membership_events set user_id = null where organization_id = p_organization and user_id = any (p_forgotten);
  end if;
end $$;

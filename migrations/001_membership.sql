-- Organizations own everything below. A default one serves who never asks for another.
create table organizations (
  id text collate "C" primary key,
  name text not null,
  created_at timestamptz not null default now()
);
insert into organizations (id, name) values ('nomads', 'Nomads');

create table cities (
  id bigint generated always as identity primary key,
  organization_id text collate "C" not null references organizations,
  key text collate "C" not null,                         -- the name normalised: what makes two names the same city
  name text not null,                        -- as first written
  seq integer not null default 0,            -- the last membership event's number
  oldest_seq integer not null default 1,     -- the lowest event still in the log
  member_count integer not null default 0,
  unique (organization_id, key)
);

create table rooms (
  id uuid primary key,
  organization_id text collate "C" not null references organizations,
  city_id bigint not null references cities,
  segment_key text collate "C" not null,                 -- '' is the lobby
  segment_number integer,                    -- null in the lobby
  ordinal integer not null,                  -- 1, then 2, 3, … for overflow rooms
  member_count integer not null default 0,
  unique (city_id, segment_key, ordinal)
);
-- Not with member_count: the hottest update would then have to write the index, too.
create index rooms_by_segment on rooms (organization_id, segment_number);

-- Members and events are written by apply_moves alone, which keeps them consistent: foreign keys would
-- cost a lookup per row on the hottest path.
create table members (
  organization_id text collate "C" not null,
  user_id text collate "C" not null,
  city_id bigint not null,
  room_id uuid not null,
  segment_key text collate "C" not null,
  model_id text not null,
  features bytea not null,                   -- float32, little-endian, in the order of the model's vocabulary
  affinities bytea not null,                 -- float32, little-endian, in the order of its segments
  assigned_at timestamptz not null,
  primary key (organization_id, user_id)
) with (fillfactor = 80);
create index members_by_room on members (room_id, user_id);

create table membership_events (
  city_id bigint not null,
  seq integer not null,
  organization_id text collate "C" not null,
  kind text not null check (kind in ('JOINED', 'LEFT', 'MOVED')),
  user_id text collate "C",                              -- null once that person was forgotten
  room_id uuid not null,
  room_segment_number integer,
  room_member_count integer not null,        -- just after this event
  previous_room_id uuid,
  previous_room_segment_number integer,
  previous_room_member_count integer,
  at timestamptz not null,
  primary key (city_id, seq)
);
create index membership_events_by_user on membership_events (organization_id, user_id) where user_id is not null;

-- The keys that apps and administrators come with. Of a key itself only the hash is kept: who reads this table can let
-- nobody in.
create table api_keys (
  id uuid primary key,
  number bigint generated always as identity unique,
  organization_id text collate "C" not null references organizations,
  role text not null check (role in ('ADMIN', 'APP')),
  label text not null,
  prefix text collate "C" not null unique,   -- the part of the key that may be shown, and finds it
  hash text collate "C" not null,            -- SHA-256 of the whole key, hexadecimal
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_by_age on api_keys (organization_id, number);
select scope_to_organization('api_keys');

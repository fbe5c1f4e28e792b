-- A second barrier between organizations: what a client asks for runs under this role, which sees and writes the rows
-- of the one organization that the setting names. Forgetting a "where" then shows nothing of anybody else's.
do $$
begin
  if not exists (select from pg_roles where rolname = 'tertulia_scoped') then
    begin
      create role tertulia_scoped nologin;
    exception
      when duplicate_object or unique_violation then null;   -- another gateway was faster
      when insufficient_privilege then
        raise 'the user "%" may not create roles: have an administrator run "create role tertulia_scoped nologin; grant tertulia_scoped to %"',
          current_user, quote_ident(current_user);
    end;
  end if;
  if not pg_has_role(current_user, 'tertulia_scoped', 'member') then
    execute format('grant tertulia_scoped to %I', current_user);
  end if;
end $$;

create function current_organization() returns text language sql stable
as $$ select current_setting('tertulia.organization', true) $$;

-- For every table with an organization_id: also for those to come.
create function scope_to_organization(p_table regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('create policy scoped on %s to tertulia_scoped using (organization_id = current_organization())', p_table);
  execute format('grant select, insert, update, delete on %s to tertulia_scoped', p_table);
end $$;

alter table organizations enable row level security;
create policy scoped on organizations to tertulia_scoped using (id = current_organization());
grant select, update on organizations to tertulia_scoped;
select scope_to_organization('cities');
select scope_to_organization('rooms');
select scope_to_organization('members');
select scope_to_organization('membership_events');

-- Work that outlives the request that asked for it, and the process that does it.
create table jobs (
  id uuid primary key,
  number bigint generated always as identity unique,   -- in the order of their arrival
  organization_id text collate "C" not null references organizations,
  kind text not null,
  status text not null default 'QUEUED'
    check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  progress real not null default 0,
  message text,
  error text,
  input json not null,
  result json,
  idempotency_key text collate "C",
  attempts integer not null default 0,       -- times that it was taken up
  runner uuid,                               -- the process that runs it
  seen_at timestamptz,                       -- when that process last said so
  cancelling boolean not null default false, -- cancelled while it runs: its process has to stop it
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  unique (organization_id, idempotency_key)
);
create index jobs_by_age on jobs (organization_id, number);
create index jobs_waiting on jobs (number) where status in ('QUEUED', 'RUNNING');
select scope_to_organization('jobs');

create table datasets (
  id uuid primary key,
  number bigint generated always as identity unique,
  organization_id text collate "C" not null references organizations,
  name text not null,
  sha256 text collate "C" not null,
  bytes bigint not null,
  rows bigint,
  status text not null default 'PENDING' check (status in ('PENDING', 'READY', 'FAILED')),
  columns json not null default '[]',
  error text,
  created_at timestamptz not null default clock_timestamp(),
  unique (organization_id, id)               -- what belongs to one names both: no policy looks at foreign keys
);
-- The same bytes once; what could not be read may be sent again.
create unique index datasets_by_content on datasets (organization_id, sha256) where status <> 'FAILED';
create index datasets_by_age on datasets (organization_id, number);
select scope_to_organization('datasets');

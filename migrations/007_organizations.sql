-- What an organization settled for itself; null: as the environment, or the code, says.
alter table organizations
  add column room_capacity integer check (room_capacity > 0),
  add column event_retention integer check (event_retention > 0),
  add column cors_origins text[] not null default '{}',
  add column requests_per_minute integer check (requests_per_minute > 0),
  -- Quotas are the operator's to set: their bounds are other organizations' peace.
  add column max_members bigint check (max_members >= 0),
  add column max_datasets bigint check (max_datasets >= 0),
  add column max_dataset_bytes bigint check (max_dataset_bytes >= 0),
  add column max_jobs bigint check (max_jobs >= 0);
-- So the barrier lets nobody lift its own.
revoke update on organizations from tertulia_scoped;
grant update (name, default_model, room_capacity, event_retention, cors_origins, requests_per_minute)
  on organizations to tertulia_scoped;

-- Places of one organization: shops, offices.
create table branches (
  id uuid primary key,
  organization_id text collate "C" not null references organizations,
  name text not null,
  created_at timestamptz not null default clock_timestamp(),
  unique (organization_id, name),
  unique (organization_id, id)
);
select scope_to_organization('branches');

-- Together with the organization: a key alone would also take another one's branch, which no policy looks at.
alter table datasets add column branch_id uuid,
  add constraint datasets_branch foreign key (organization_id, branch_id) references branches (organization_id, id);
create index datasets_by_branch on datasets (branch_id) where branch_id is not null;

-- Administrative acts: who did what, when, from where. Nobody's userId stands in it, so nobody need be forgotten here.
create table audit_log (
  id bigint generated always as identity primary key,
  organization_id text collate "C" not null references organizations,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  target text,
  details json not null default '{}',
  address text
);
create index audit_log_by_organization on audit_log (organization_id, id);
select scope_to_organization('audit_log');
-- It is written once: not even a key of role ADMIN changes what stands there.
revoke update, delete on audit_log from tertulia_scoped;

create table reports (
  id uuid primary key,
  number bigint generated always as identity unique,
  organization_id text collate "C" not null references organizations,
  key text collate "C" not null,             -- the hash of the data and the parameters: the same question once
  dataset_id uuid not null,
  model_id text,                             -- null: a model of its own was trained for it
  parameters json not null,
  content json not null,
  created_at timestamptz not null default clock_timestamp(),
  unique (organization_id, key),
  foreign key (organization_id, dataset_id) references datasets (organization_id, id) on delete cascade
);
create index reports_by_dataset on reports (dataset_id);
select scope_to_organization('reports');

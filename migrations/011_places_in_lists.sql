-- What a client pages by is of its own organization: a number that the database gives out to all of them would tell how
-- much the others do. Places are written from time and id; the numbers only keep the order of what happened at once.
drop index jobs_by_age;
create index jobs_by_age on jobs (organization_id, created_at, number);

drop index datasets_by_age;
create index datasets_by_age on datasets (organization_id, created_at, number);

alter table audit_log rename column id to number;
alter table audit_log drop constraint audit_log_pkey;
alter table audit_log add column id uuid primary key default gen_random_uuid();
drop index audit_log_by_organization;
create index audit_log_by_age on audit_log (organization_id, at, number);

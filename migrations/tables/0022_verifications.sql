-- What `baleen verify` proved and found.

create table baleen_store.verifications (
  chain_id text collate "C" not null,
  verification_id int8 generated always as identity,
  from_height int8 not null,
  to_height int8 not null,
  started_at timestamptz not null,
  finished_at timestamptz not null default now(),
  result text not null,
  blocks int8 not null,
  missing int8 not null,
  proved text[] not null,
  signatures int8 not null,
  trusted_height int8,
  trusted_hash bytea,
  not_compared text[] not null,
  fault_count int8 not null,
  faults jsonb not null,
  constraint verifications_key primary key (chain_id, verification_id),
  constraint verifications_result check (result in ('proved', 'incomplete', 'faults', 'interrupted'))
);
comment on table baleen_store.verifications is 'One row is a range that baleen verify has read through. Key: chain_id, verification_id. forget removes those that its heights touch.';
comment on column baleen_store.verifications.chain_id is 'The chain''s id.';
comment on column baleen_store.verifications.verification_id is 'Ascends with time.';
comment on column baleen_store.verifications.from_height is 'Lowest height of the range.';
comment on column baleen_store.verifications.to_height is 'Highest height of the range.';
comment on column baleen_store.verifications.started_at is 'When it began.';
comment on column baleen_store.verifications.finished_at is 'When it ended; what is said was so then.';
comment on column baleen_store.verifications.result is 'proved: everything in the range is what was indexed; incomplete: no fault, and a part could not be proved (see missing, not_compared); faults: something is not as it was indexed; interrupted: it was ended early.';
comment on column baleen_store.verifications.blocks is 'Blocks that were verified.';
comment on column baleen_store.verifications.missing is 'Heights of the range that are not stored.';
comment on column baleen_store.verifications.proved is 'What was proved of them: hashes (those of the chain), rows (of all tables, made anew), digests (our own, of what no hash covers), signatures (of the commits), trust (headers up to a hash that was given).';
comment on column baleen_store.verifications.signatures is 'Signatures of commits that were verified.';
comment on column baleen_store.verifications.trusted_height is 'Height whose hash was given. NULL: none was.';
comment on column baleen_store.verifications.trusted_hash is 'The hash that was given for it. NULL: none was.';
comment on column baleen_store.verifications.not_compared is 'Tables and heights that could not be compared, as another version of Baleen wrote them: `digests 1..500`.';
comment on column baleen_store.verifications.fault_count is 'Faults that were found.';
comment on column baleen_store.verifications.faults is 'The first 100 of them: [{"height", "field", "expected", "found"},...].';

create or replace view baleen.verifications as
select
  v.chain_id,
  coalesce(c.lineage, v.chain_id) as lineage,
  v.verification_id,
  v.from_height,
  v.to_height,
  v.started_at,
  v.finished_at,
  v.result,
  v.blocks,
  v.missing,
  v.proved,
  v.signatures,
  v.trusted_height,
  upper(encode(v.trusted_hash, 'hex')) as trusted_hash,
  v.not_compared,
  v.fault_count,
  v.faults
from baleen_store.verifications v
left join baleen_store.chains c on c.chain_id = v.chain_id;

comment on view baleen.verifications is 'One row is a range that baleen verify has read through: what it proved, and what is not as it was indexed. Key: chain_id, verification_id. Rows that were written after finished_at are not covered; forget removes the verifications that its heights touch. Cost: small.';
comment on column baleen.verifications.verification_id is 'Ascends with time.';
comment on column baleen.verifications.from_height is 'Lowest height of the range.';
comment on column baleen.verifications.to_height is 'Highest height of the range.';
comment on column baleen.verifications.started_at is 'When it began.';
comment on column baleen.verifications.finished_at is 'When it ended; what is said was so then.';
comment on column baleen.verifications.result is 'proved: everything in the range is what was indexed; incomplete: no fault, and a part could not be proved (see missing, not_compared); faults: something is not as it was indexed; interrupted: it was ended early.';
comment on column baleen.verifications.blocks is 'Blocks that were verified.';
comment on column baleen.verifications.missing is 'Heights of the range that are not stored.';
comment on column baleen.verifications.proved is 'What was checked, and is proved where the result is not faults: hashes (those of the chain), rows (of all tables, made anew), digests (our own, of what no hash covers), signatures (of the commits), trust (headers up to a hash that was given). The application''s state is not part of it.';
comment on column baleen.verifications.signatures is 'Signatures of commits that were verified.';
comment on column baleen.verifications.trusted_height is 'Height whose hash was given. NULL: none was.';
comment on column baleen.verifications.trusted_hash is 'The hash that was given for it, hexadecimal. NULL: none was.';
comment on column baleen.verifications.not_compared is 'Tables and heights that could not be compared, as another version of Baleen wrote them: digests 1..500. baleen redecode writes them anew.';
comment on column baleen.verifications.fault_count is 'Faults that were found. The same one at neighbouring heights counts once.';
comment on column baleen.verifications.faults is 'The first 100 of them: [{"height", "to_height", "field", "expected", "found"},...]. The same is found at all heights from height to to_height; of a digest, expected and found are those of height. Without both: no height is known.';

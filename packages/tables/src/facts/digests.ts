import { eventsDigest, factsDigest, textsDigest } from '../digest.ts';
import { place, placeOf } from '../place.ts';
import { leaves } from '../storage.ts';
import { defineTable, optional, required } from '../table.ts';

export const digests = defineTable({
  name: 'digests',
  doc:
    'One row has our own digests of what a block holds and no hash of the chain covers, 32 bytes each, made when it was indexed. ' +
    'Key: chain_id, height. verify makes them anew from the other tables.',
  storage: leaves({ key: [], factor: 8 }),
  needs: 'blocks',
  ofResults: 'events',
  views: [],
  columns: {
    ...place,
    facts: required(
      'bytea',
      'digest',
      "Of the consensus params, the powers in evidence, each tx's code, codespace, gas, log and info, and the validator updates.",
    ),
    events: optional(
      'bytea',
      'digest',
      'Of all events in order. NULL: the source has no results of this block.',
    ),
    texts: optional(
      'bytea',
      'digest',
      'Of the exact bytes of all texts in results that are no UTF-8. NULL: there are none, or the source shows them as text only.',
    ),
  },
  rows: (block) => [
    {
      ...placeOf(block),
      facts: factsDigest(block),
      events: eventsDigest(block),
      texts: textsDigest(block),
    },
  ],
});

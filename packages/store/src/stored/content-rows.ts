/** Reads validator sets and consensus params: rows of which one counts for many heights. */
import type { BlockRange, ConsensusParams, Validator, ValidatorSet } from '@baleen/chain';
import { type Content, type ContentTable, type RowOfTable, type Runs, tables } from '@baleen/tables';
import pg from 'pg';
import type { SharedFacts } from './block-of.ts';
import { readRows } from './read-rows.ts';

type ParamsRow = RowOfTable<'consensus_params'>;
const PARAMS = tables.consensus_params.columns.map(({ name }) => name as keyof ParamsRow);
type Key = Pick<Validator, 'keyType' | 'publicKey'>;
/** Which content was in force at which heights; hashes in hex. */
type Run = BlockRange & { readonly hash: string };

/** Reads the contents of heights that ascend. It keeps those of the heights that it read last, since neighbours share them: equal ones
 * are one object. */
export class ContentReader {
  private readonly client: pg.ClientBase;
  private readonly chainId: string;
  /** Keys of validators by address in hex. A chain has a few hundred. */
  private readonly keys = new Map<string, Key>();
  /** For each set that can't be read, by hash: the address in it of which no row has the key. Both in hex. */
  private readonly keyless = new Map<string, string>();
  private sets = new Map<string, ValidatorSet>();
  private params = new Map<string, ConsensusParams>();

  constructor(client: pg.ClientBase, chainId: string) {
    this.client = client;
    this.chainId = chainId;
  }

  /** Resolves to a function that gives what was in force at a height of the range.
   * @throws Error (the function) a row that the heights refer to is missing or has no key */
  async read(range: BlockRange): Promise<(height: number) => SharedFacts> {
    const sets = await this.runs('validator_sets', range);
    const params = await this.runs('consensus_params', range);
    this.sets = await kept(this.sets, sets, (hashes) => this.readSets(hashes));
    this.params = await kept(this.params, params, (hashes) => this.readParams(hashes));
    return (height) => ({
      validatorSet: inForce(height, sets, this.sets, (hash) => {
        const address = this.keyless.get(hash);
        return address === undefined
          ? ofHash('validator_sets', hash)
          : `key in validators of the address ${upper(address)}`;
      }),
      consensusParams: inForce(height, params, this.params, (hash) => ofHash('consensus_params', hash)),
    });
  }

  private async runs(table: ContentTable, { from, to }: BlockRange): Promise<Run[]> {
    const { table: name, column } = (tables[table].storage as Content).runs as Runs;
    const { rows } = await this.client.query<{ from: string; to: string; hash: string }>(
      `select from_height as from, to_height as to, encode(${column}, 'hex') as hash from baleen_store.${name}
       where chain_id = $1 and from_height <= $2 and to_height >= $3`,
      [this.chainId, to, from],
    );
    return rows.map(({ from, to, hash }) => ({ from: Number(from), to: Number(to), hash }));
  }

  private async readSets(hashes: readonly string[]): Promise<Map<string, ValidatorSet>> {
    const rows = await readRows(this.client, 'validator_sets', {
      columns: ['validators_hash', 'addresses', 'voting_powers'],
      where: this.oneOf('validators_hash', hashes),
      orderBy: 'validators_hash',
    });
    await this.readKeys(rows.flatMap(({ addresses }) => addresses.map((address) => hexOf(address!))));
    return new Map(
      rows.flatMap(({ validators_hash, addresses, voting_powers }) => {
        const hash = hexOf(validators_hash);
        const keyless = addresses.find((address) => !this.keys.has(hexOf(address!)));
        if (keyless) this.keyless.set(hash, hexOf(keyless));
        const validators = addresses.flatMap((address, index): Validator[] => {
          const key = this.keys.get(hexOf(address!));
          return key ? [{ address: address!, ...key, votingPower: BigInt(voting_powers[index]!) }] : [];
        });
        return keyless ? [] : [[hash, { validators }]];
      }),
    );
  }

  private async readKeys(addresses: readonly string[]): Promise<void> {
    const unknown = [...new Set(addresses)].filter((address) => !this.keys.has(address));
    if (unknown.length === 0) return;
    const rows = await readRows(this.client, 'validators', {
      columns: ['address', 'key_type', 'public_key'],
      where: `${this.oneOf('address', unknown)} and public_key is not null`,
      orderBy: 'address',
    });
    for (const { address, key_type, public_key } of rows)
      this.keys.set(hexOf(address), { keyType: key_type!, publicKey: public_key! });
  }

  private async readParams(hashes: readonly string[]): Promise<Map<string, ConsensusParams>> {
    const rows = await readRows(this.client, 'consensus_params', {
      columns: PARAMS,
      where: this.oneOf('params_hash', hashes),
      orderBy: 'params_hash',
    });
    return new Map(rows.map((row) => [hexOf(row.params_hash), paramsOf(row)]));
  }

  private oneOf(column: string, hexes: readonly string[]): string {
    const values = hexes.map((hex) => `'\\x${hex}'`).join(', ');
    return `chain_id = ${pg.escapeLiteral(this.chainId)} and ${column} in (${values})`;
  }
}

/** The contents of these runs, those of `before` among them, all others read. */
async function kept<Value>(
  before: ReadonlyMap<string, Value>,
  runs: readonly Run[],
  read: (hashes: readonly string[]) => Promise<Map<string, Value>>,
): Promise<Map<string, Value>> {
  const hashes = [...new Set(runs.map(({ hash }) => hash))];
  const unknown = hashes.filter((hash) => !before.has(hash));
  const found = unknown.length === 0 ? new Map<string, Value>() : await read(unknown);
  return new Map([...[...before].filter(([hash]) => hashes.includes(hash)), ...found]);
}

/** @param lacking  names what is missing for the content of this hash */
function inForce<Value>(
  height: number,
  runs: readonly Run[],
  values: ReadonlyMap<string, Value>,
  lacking: (hash: string) => string,
): Value | undefined {
  const run = runs.find(({ from, to }) => from <= height && height <= to);
  if (run === undefined) return undefined;
  const value = values.get(run.hash);
  if (value === undefined) throw new Error(`no ${lacking(run.hash)}`);
  return value;
}

const ofHash = (table: ContentTable, hash: string): string =>
  `whole row of ${table} with the hash ${upper(hash)}`;

/** As the views print hashes. */
const upper = (hex: string): string => hex.toUpperCase();

function paramsOf(row: ParamsRow): ConsensusParams {
  return {
    blockMaxBytes: BigInt(row.block_max_bytes),
    blockMaxGas: BigInt(row.block_max_gas),
    blockTimeIotaMs: bigint(row.block_time_iota_ms),
    evidenceMaxAgeBlocks: bigint(row.evidence_max_age_blocks),
    evidenceMaxAgeNanos: bigint(row.evidence_max_age_ns),
    evidenceMaxBytes: bigint(row.evidence_max_bytes),
    validatorKeyTypes: row.validator_key_types as readonly string[],
    appVersion: bigint(row.app_version),
    voteExtensionsHeight: bigint(row.vote_extensions_height),
    proposerTimeHeight: bigint(row.proposer_time_height),
    synchronyPrecisionNanos: bigint(row.synchrony_precision_ns),
    synchronyDelayNanos: bigint(row.synchrony_delay_ns),
  };
}

const bigint = (value: number | bigint | null): bigint | undefined =>
  value === null ? undefined : BigInt(value);

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

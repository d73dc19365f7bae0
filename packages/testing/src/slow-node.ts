import { join } from 'node:path';
import { BYTES, WireReader, WireWriter } from '@baleen/codec';
import { openLevelDb } from '@baleen/leveldb';
import { ClassicLevel } from 'classic-level';
import { type FixtureName, fixtureData } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Level = ClassicLevel<Uint8Array, Uint8Array>;

interface Copied {
  readonly recorded: ReadonlyMap<string, Uint8Array>;
  readonly level: Level;
}

/** Encodes a `BlockStoreState` of Tendermint 0.34 with base 1 and this height. */
const storeState = (height: number): Uint8Array => new WireWriter().varint(1, 1).varint(2, height).finish();

/** A node in slow motion. Each method is one write of a node to one of its databases, with the data of a recorded chain. */
export class SlowNode {
  readonly path = temporaryFolder('node');
  private readonly blocks: Copied;
  private readonly state: Copied;

  constructor(chain: FixtureName) {
    this.blocks = this.database(chain, 'blockstore.db');
    this.state = this.database(chain, 'state.db');
  }

  private database(chain: FixtureName, name: string): Copied {
    using db = openLevelDb(join(fixtureData(chain), name));
    const recorded = new Map<string, Uint8Array>();
    for (const [key, value] of db.entries()) recorded.set(Buffer.from(key).toString('latin1'), value.slice());
    const level = new ClassicLevel<Uint8Array, Uint8Array>(join(this.path, name), {
      keyEncoding: 'view',
      valueEncoding: 'view',
    });
    return { recorded, level };
  }

  async block(height: number): Promise<void> {
    const pattern = new RegExp(`^(P:${height}:\\d+|H:${height}|C:${height - 1}|SC:${height})$`);
    await this.copy(this.blocks, pattern);
    await this.put('blockstore.db', 'blockStore', storeState(height));
  }

  async results(height: number): Promise<void> {
    await this.copy(this.state, new RegExp(`^abciResponsesKey:${height}$`));
    await this.afterResults(height);
  }

  /** Writes the results of a height as CometBFT 0.38, the node's next version, does: as a ResponseFinalizeBlock. */
  async resultsOf038(height: number): Promise<void> {
    const key = `abciResponsesKey:${height}`;
    await this.put('state.db', key, finalizedBlock(this.state.recorded.get(key)!));
    await this.afterResults(height);
  }

  private afterResults(height: number): Promise<void> {
    const keys = [`validatorsKey:${height + 2}`, `consensusParamsKey:${height + 1}`];
    return this.copy(this.state, new RegExp(`^(${keys.join('|')})$`));
  }

  async begin(): Promise<void> {
    await this.copy(this.state, /^(genesisDoc|stateKey|validatorsKey:[12]|consensusParamsKey:1)$/);
  }

  async put(database: 'blockstore.db' | 'state.db', key: string, value: Uint8Array): Promise<void> {
    const { level } = database === 'state.db' ? this.state : this.blocks;
    await level.put(Buffer.from(key), value);
  }

  async start(): Promise<void> {
    await this.blocks.level.open();
    await this.state.level.open();
  }

  async stop(): Promise<void> {
    await this.blocks.level.close();
    await this.state.level.close();
  }

  private async copy({ recorded, level }: Copied, pattern: RegExp): Promise<void> {
    for (const [key, value] of recorded) if (pattern.test(key)) await level.put(Buffer.from(key), value);
  }
}

/** Turns the results of a height into the form of CometBFT 0.38 (`f1` means field number 1).
 *
 *     ABCIResponses          deliver_txs f1, end_block f2, begin_block f3
 *     EndBlock               validator_updates f1, consensus_param_updates f2, events f3
 *     BeginBlock             events f1
 *     ResponseFinalizeBlock  events f1, tx_results f2, validator_updates f3, consensus_param_updates f4, app_hash f5 */
function finalizedBlock(responses: Uint8Array): Uint8Array {
  const end = Buffer.concat(messagesIn(responses, 2));
  const begin = Buffer.concat(messagesIn(responses, 3));
  const fields = [
    [...messagesIn(begin, 1), ...messagesIn(end, 3)],
    messagesIn(responses, 1),
    messagesIn(end, 1),
    messagesIn(end, 2),
    [new Uint8Array(32)],
  ];
  const writer = new WireWriter();
  for (const [index, messages] of fields.entries())
    for (const message of messages) writer.message(index + 1, message);
  return writer.finish();
}

function messagesIn(message: Uint8Array, field: number): Uint8Array[] {
  const reader = new WireReader(message);
  const found: Uint8Array[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === field * 8 + BYTES) found.push(reader.bytes());
    else reader.skip(key);
  }
  return found;
}

/** Starts a slow node whose databases have the first `blocks` blocks of a recorded chain. */
export async function startSlowNode(chain: FixtureName, blocks: number): Promise<SlowNode> {
  const node = new SlowNode(chain);
  await node.begin();
  for (let height = 1; height <= blocks; height++) {
    await node.block(height);
    await node.results(height);
  }
  return node;
}

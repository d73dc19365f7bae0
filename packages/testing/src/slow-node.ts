import { join } from 'node:path';
import { WireWriter } from '@baleen/codec';
import { openLevelDb } from '@baleen/leveldb';
import { ClassicLevel } from 'classic-level';
import { type FixtureName, fixtureData } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Level = ClassicLevel<Uint8Array, Uint8Array>;

interface Copied {
  readonly recorded: ReadonlyMap<string, Uint8Array>;
  readonly level: Level;
}

/** `BlockStoreState` of Tendermint 0.34: base 1 and the height. */
const storeState = (height: number): Uint8Array => new WireWriter().varint(1, 1).varint(2, height).finish();

/** A node in slow motion: each step is a write to one of its databases, taken from a recorded chain's directory. */
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
    const keys = [
      `abciResponsesKey:${height}`,
      `validatorsKey:${height + 2}`,
      `consensusParamsKey:${height + 1}`,
    ];
    await this.copy(this.state, new RegExp(`^(${keys.join('|')})$`));
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

/** As it is after so many blocks. */
export async function startSlowNode(chain: FixtureName, blocks: number): Promise<SlowNode> {
  const node = new SlowNode(chain);
  await node.begin();
  for (let height = 1; height <= blocks; height++) {
    await node.block(height);
    await node.results(height);
  }
  return node;
}

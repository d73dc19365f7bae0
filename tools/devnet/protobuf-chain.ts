/** wasmd: SDK 0.53 on CometBFT 0.38, txs in protobuf, in either of the databases that it can write. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WireReader, WireWriter } from '@baleen/codec';
import type { ChainKind, HomePlan, HomeSettings, PlannedTx, TrafficPlan } from './chain-kind.ts';
import { delegateMessage, encodeTx, multiSendMessage, type ProtobufTx, sendMessage } from './protobuf-tx.ts';
import { writeSettings } from './toml-settings.ts';

const STAKE = 'stake';
const RICHES = `1000000000000${STAKE},1000000000000uusd`;
const SELF_DELEGATION = `50000000000${STAKE}`;
const FEE = [{ denom: STAKE, amount: '2000' }];
const MORE_THAN_ANYBODY_HAS = '9000000000000000';

export const PROTOBUF_CHAIN: ChainKind = {
  prefix: 'wasm',
  databases: ['goleveldb', 'pebbledb'],
  prepareHome,
  configure,
  async account(rpc, address) {
    const request = new WireWriter().text(1, address).finish();
    const answer = await rpc.query('/cosmos.auth.v1beta1.Query/Account', request);
    const account = fieldsOf(bytesAt(fieldsOf(bytesAt(fieldsOf(answer), 1)), 2));
    return { accountNumber: String(account.get(3) ?? 0), sequence: Number(account.get(4) ?? 0) };
  },
  txOf(turn, plan): PlannedTx {
    const from = plan.users[turn % plan.users.length]!;
    return { from, encode: (state) => encodeTx(planOf(turn, plan), from, state) };
  },
};

/** Every eighth fails in its block, every eighth delegates, every eighth pays two accounts, the others send one or two kinds of coin. */
function planOf(turn: number, { users, validator }: TrafficPlan): ProtobufTx {
  const [from, to, third] = [0, 1, 2].map((next) => users[(turn + next) % users.length]!);
  const stake = { denom: STAKE, amount: String(1 + (turn % 1000)) };
  const tooMuch = { denom: STAKE, amount: MORE_THAN_ANYBODY_HAS };
  const usd = { denom: 'uusd', amount: '1000' };
  const plan = (...messages: Uint8Array[]): ProtobufTx => ({
    messages,
    fee: FEE,
    gas: 400_000,
    memo: turn % 4 === 1 ? `tx ${turn} <&> 🐋` : '',
  });
  if (turn % 8 === 2) return plan(multiSendMessage(from!, [to!, third!], stake));
  if (turn % 8 === 3) return plan(delegateMessage(from!, validator, stake));
  if (turn % 8 === 5) return plan(sendMessage(from!, to!, [tooMuch]));
  if (turn % 8 === 6) return plan(sendMessage(from!, to!, [stake, usd]), sendMessage(from!, third!, [usd]));
  return plan(sendMessage(from!, to!, [stake]));
}

function prepareHome(daemon: string, home: string, { chainId, validator, users }: HomePlan): void {
  const file = join(home, 'config/genesis.json');
  if (existsSync(file)) return;
  const run = (...args: string[]): void =>
    void execFileSync(daemon, [...args, '--home', home], { stdio: 'pipe' });
  const keyring = ['--keyring-backend', 'test'];
  run('init', 'devnet', '--chain-id', chainId, '--default-denom', STAKE);
  for (const { address } of [validator, ...users]) run('genesis', 'add-genesis-account', address, RICHES);
  run('keys', 'import-hex', validator.name, Buffer.from(validator.secret).toString('hex'), ...keyring);
  run('genesis', 'gentx', validator.name, SELF_DELEGATION, '--chain-id', chainId, ...keyring);
  run('genesis', 'collect-gentxs');
  const genesis = JSON.parse(readFileSync(file, 'utf8'));
  genesis.app_state.staking.params.historical_entries = 20;
  writeFileSync(file, JSON.stringify(genesis, null, 1));
  run('genesis', 'validate');
}

function configure(home: string, { rpc, p2p, rest, blockTimeMs, database }: HomeSettings): void {
  const quoted = (text: string): string => `"${text}"`;
  writeSettings(join(home, 'config/config.toml'), [
    { section: '', name: 'db_backend', value: quoted(database) },
    { section: 'rpc', name: 'laddr', value: quoted(`tcp://127.0.0.1:${rpc}`) },
    { section: 'rpc', name: 'pprof_laddr', value: '""' },
    { section: 'p2p', name: 'laddr', value: quoted(`tcp://127.0.0.1:${p2p}`) },
    { section: 'p2p', name: 'pex', value: 'false' },
    { section: 'consensus', name: 'timeout_commit', value: quoted(`${blockTimeMs}ms`) },
  ]);
  writeSettings(join(home, 'config/app.toml'), [
    { section: '', name: 'minimum-gas-prices', value: quoted(`0${STAKE}`) },
    { section: '', name: 'app-db-backend', value: quoted(database) },
    { section: 'api', name: 'enable', value: String(rest !== undefined) },
    { section: 'api', name: 'address', value: quoted(`tcp://127.0.0.1:${rest ?? 0}`) },
    // REST asks through it, and it listens on a port that another node may have.
    { section: 'grpc', name: 'enable', value: String(rest !== undefined) },
    { section: 'grpc', name: 'address', value: '"127.0.0.1:0"' },
  ]);
}

type Field = Uint8Array | bigint;

function fieldsOf(message: Uint8Array): Map<number, Field> {
  const reader = new WireReader(message);
  const fields = new Map<number, Field>();
  while (!reader.done) {
    const key = reader.key();
    fields.set(key >>> 3, (key & 7) === 2 ? reader.bytes() : reader.uint64());
  }
  return fields;
}

function bytesAt(fields: ReadonlyMap<number, Field>, number: number): Uint8Array {
  const field = fields.get(number);
  if (!(field instanceof Uint8Array))
    throw new Error(`account: expected bytes in field ${number}, found ${field}`);
  return field;
}

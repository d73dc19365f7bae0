/** Decoders of txs, one per application. */
import type { EraName, TxReading } from '@baleen/chain';
import { decodeStdTx, txPrefixOf } from '../amino/index.ts';
import type { Registry } from '../amino/registry.ts';
import { createProtobufTxDecoder, plansOf } from '../protobuf/index.ts';
import type { Application, DecodeTx } from './application.ts';
import { chooseApplications, spanAt } from './choose-applications.ts';
import { applicationNamed, applications } from './table.ts';

/** Place of a block. */
export interface BlockPlace {
  readonly chainId: string;
  readonly era: EraName;
  readonly height: number;
}

/** Makes a function that gives the decoder of a block's txs, for the blocks of one source. A decoder keeps what it learned from
 * earlier txs. Without a reading the chain's id and the block's era tell the application. */
export function createTxDecoders(): (place: BlockPlace, reading?: TxReading) => DecodeTx {
  const decoders = new Map<string, DecodeTx>();
  return (place, reading) => {
    const { name } = spanAt(reading?.applications ?? chooseApplications(place), place.height);
    const application = applicationNamed(name);
    const key = application.guesses ? `${name} ${place.era}` : name;
    let decoder = decoders.get(key);
    if (decoder === undefined) {
      decoder = decoderOf(application, place.era, reading?.descriptors);
      decoders.set(key, decoder);
    }
    return decoder;
  };
}

/** Makes the decoder of an application's txs.
 *
 * @param more  protobuf descriptors that the user gave for modules of their own; undefined if they gave none */
function decoderOf(application: Application, era: EraName, more?: readonly Uint8Array[]): DecodeTx {
  const { transactions, bech32Prefix, guesses } = application;
  if (transactions.encoding === 'amino') {
    const { registry } = transactions;
    return guesses ? guessing(registry, era) : (raw, prefix) => decodeStdTx(raw, prefix, registry);
  }
  const { descriptors } = transactions;
  const own = descriptors.map((names) => () => plansOf(names));
  const given = more === undefined ? [] : [() => plansOf(descriptors.flat(), more)];
  const decode = createProtobufTxDecoder([...own, ...given], guesses);
  return (raw, prefix) => decode(raw, prefix ?? bech32Prefix);
}

/** An amino tx begins with the prefix of its own name, which few applications share: the era's application with that name decodes it. */
function guessing(fallback: Registry, era: EraName): DecodeTx {
  const byPrefix = new Map<string, DecodeTx>();
  for (const { transactions } of applications.filter(({ consensus }) => consensus.includes(era)))
    if (transactions.encoding === 'amino') {
      const { registry } = transactions;
      if (!byPrefix.has(registry.tx.prefix))
        byPrefix.set(registry.tx.prefix, (raw, prefix) => decodeStdTx(raw, prefix, registry, true));
    }
  return (raw, prefix) => {
    const txPrefix = txPrefixOf(raw);
    const decode = byPrefix.get(txPrefix);
    if (decode !== undefined) return decode(raw, prefix);
    const tx = { name: 'a tx of an unknown name', prefix: txPrefix };
    return decodeStdTx(raw, prefix, { ...fallback, tx }, true);
  };
}

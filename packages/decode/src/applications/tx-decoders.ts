/** Decoders of txs, one per application. */
import type { EraName } from '@baleen/chain';
import { decodeStdTx, txPrefixOf } from '../amino/index.ts';
import { createProtobufTxDecoder, plansOf } from '../protobuf/index.ts';
import type { Application, DecodeTx } from './application.ts';
import { applications, type BlockPlace, chooseApplication } from './index.ts';

/** Makes a function that gives the decoder of a block's txs, for the blocks of one source. A decoder keeps what it learned from
 * earlier txs. */
export function createTxDecoders(): (place: BlockPlace) => DecodeTx {
  const decoders = new Map<string, DecodeTx>();
  return (place) => {
    const { application, isKnown } = chooseApplication(place);
    const key = `${application.name} ${isKnown || place.era}`;
    let decoder = decoders.get(key);
    if (decoder === undefined) {
      const more = place.applicationSigns?.descriptors;
      decoder = isKnown ? decoderOf(application, more) : guessing(application, place.era, more);
      decoders.set(key, decoder);
    }
    return decoder;
  };
}

/** @param more  descriptors of the user's own modules */
function decoderOf({ transactions, bech32Prefix }: Application, more?: readonly Uint8Array[]): DecodeTx {
  if (transactions.encoding === 'amino') {
    const { registry } = transactions;
    return (raw, prefix) => decodeStdTx(raw, prefix, registry);
  }
  const { descriptors } = transactions;
  const own = descriptors.map((names) => () => plansOf(names));
  const given = more === undefined ? [] : [() => plansOf(descriptors.flat(), more)];
  const decode = createProtobufTxDecoder([...own, ...given]);
  return (raw, prefix) => decode(raw, prefix ?? bech32Prefix);
}

/** Nothing tells the application. An amino tx begins with the prefix of its own name, which few applications share: the era's
 * application with that name decodes it. */
function guessing(fallback: Application, era: EraName, more?: readonly Uint8Array[]): DecodeTx {
  if (fallback.transactions.encoding !== 'amino') return decoderOf(fallback, more);
  const byPrefix = new Map<string, DecodeTx>();
  for (const application of applications.filter(({ consensus }) => consensus.includes(era)))
    if (application.transactions.encoding === 'amino') {
      const { prefix } = application.transactions.registry.tx;
      if (!byPrefix.has(prefix)) byPrefix.set(prefix, decoderOf(application));
    }
  const { registry } = fallback.transactions;
  return (raw, prefix) => {
    const txPrefix = txPrefixOf(raw);
    const decode = byPrefix.get(txPrefix);
    if (decode !== undefined) return decode(raw, prefix);
    return decodeStdTx(raw, prefix, {
      ...registry,
      tx: { name: 'a tx of an unknown name', prefix: txPrefix },
    });
  };
}

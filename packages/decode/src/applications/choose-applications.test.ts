/** Which application reads a chain's txs at which height, for each thing that may tell it. */
import type { ApplicationSigns } from '@baleen/chain';
import { describe, expect, test } from 'vitest';
import { applicationNamed, chooseApplications, spanAt } from './index.ts';

const stores = (name: string): readonly string[] => {
  const { state, marks } = applicationNamed(name);
  return state?.stores ?? ['acc', 'bank', ...marks!];
};

/** The spans of a chain, shortened: `0 columbus-4: it has the same stores`. */
const spansOf = (
  applicationSigns: ApplicationSigns,
  chainId = 'mine',
  era: 'tendermint-0.33' | 'tendermint-0.34' | 'cometbft-0.38' = 'tendermint-0.34',
): string[] =>
  chooseApplications({ chainId, era, applicationSigns }).map(
    ({ from, name, reason }) => `${from} ${name}: ${reason}`,
  );

describe('the application of a chain is told', () => {
  test('by a name that was given, whatever else says another; from a height on, only from there', () => {
    const named = [{ name: 'generic-amino', from: 3 }];
    expect(spansOf({ named, stores: stores('columbus-4') }, 'mine', 'tendermint-0.33')).toEqual([
      '0 columbus-4: it has the same stores',
      '3 generic-amino: given by its name',
    ]);
  });

  test('by its id, with the heights of its upgrades', () => {
    expect(spansOf({}, 'columbus-4', 'tendermint-0.33').at(-1)).toBe(
      '1 columbus-4: chain columbus-4 is known',
    );
    expect(spansOf({}, 'columbus-5', 'cometbft-0.38').slice(1)).toEqual([
      '4724001 columbus-5: chain columbus-5 is known',
      '13215800 terra-classic-2: chain columbus-5 is known',
      '19108180 terra-classic-3: chain columbus-5 is known',
      '28214400 terra-classic-4: chain columbus-5 is known',
    ]);
    expect(spansOf({}, 'phoenix-1').slice(1)).toEqual([
      '1 phoenix-2.0: chain phoenix-1 is known',
      '2979805 phoenix-2.2: chain phoenix-1 is known',
      '4711800 phoenix-2.3: chain phoenix-1 is known',
      '7316000 phoenix: chain phoenix-1 is known',
    ]);
  });

  test('by a plan of a known chain of which only nodes know the height', () => {
    const donePlans = [{ name: 'v2.5', height: 7_000_000 }];
    expect(spansOf({ donePlans }, 'pisco-1').at(-1)).toBe(
      '7000000 phoenix: upgrade v2.5 began it at height 7000000',
    );
    expect(spansOf({}, 'pisco-1').at(-1)).toBe('4712048 phoenix-2.3: chain pisco-1 is known');
  });

  test('by its id before the modules of a genesis that has more', () => {
    const signs = { modules: ['treasury', 'dyncomm'] };
    expect(
      spanAt(
        chooseApplications({ chainId: 'phoenix-1', era: 'tendermint-0.34', applicationSigns: signs }),
        9e6,
      ).name,
    ).toBe('phoenix');
  });

  test('by the height at which the node itself carried an upgrade of a known chain out', () => {
    const donePlans = [
      { name: 'v7', height: 17_309_000 },
      { name: 'v8', height: 18_500_000 },
      { name: 'v8_1', height: 19_108_180 },
    ];
    const chosen = chooseApplications({
      chainId: 'columbus-5',
      era: 'tendermint-0.34',
      applicationSigns: { donePlans },
    });
    expect(spanAt(chosen, 18_499_999).name).not.toBe('terra-classic-3');
    expect(spanAt(chosen, 18_500_000)).toMatchObject({
      name: 'terra-classic-3',
      reason: 'upgrade v8 began it at height 18500000',
    });
    expect(spanAt(chosen, 19_108_180).name).toBe('terra-classic-3');
  });

  test('by the stores that an upgrade brought; several upgrades are several spans', () => {
    const donePlans = [
      { name: 'v2', height: 100, stores: stores('sdk-0.45') },
      { name: 'v3', height: 200, stores: stores('sdk-0.45') },
      { name: 'v4', height: 300, stores: stores('sdk-0.47') },
      { name: 'v5', height: 400, stores: stores('sdk-0.50') },
    ];
    expect(spansOf({ donePlans, stores: stores('sdk-0.50') }, 'mine', 'cometbft-0.38')).toEqual([
      '0 sdk-0.45: nothing tells another',
      '300 sdk-0.47: since upgrade v4 it has the module consensus',
      '400 sdk-0.50: since upgrade v5 it has the module circuit',
    ]);
  });

  test('by the name of an upgrade, where what was committed then is gone', () => {
    const donePlans = [
      { name: 'v7', height: 100 },
      { name: 'v8', height: 200 },
      { name: 'v8_1', height: 300 },
    ];
    const modules = stores('columbus-5');
    expect(spansOf({ donePlans, modules, stores: stores('terra-classic-3') })).toEqual([
      '0 columbus-5: its genesis has the modules treasury and authz',
      '200 terra-classic-3: upgrade v8 began it at height 200',
    ]);
    // Many chains have an upgrade v8.
    expect(spansOf({ donePlans, stores: stores('sdk-0.47') })).toEqual([
      '0 sdk-0.47: it has the module consensus',
    ]);
  });

  test('by the modules in its genesis, before the stores that it committed last', () => {
    const modules = ['auth', 'treasury', 'authz'];
    expect(spansOf({ modules, stores: ['acc', 'consensus'] })).toEqual([
      '0 columbus-5: its genesis has the modules treasury and authz',
    ]);
  });

  test('by the stores that it committed last', () => {
    expect(spansOf({ modules: ['auth'], stores: stores('columbus-4') }, 'mine', 'tendermint-0.33')).toEqual([
      '0 columbus-4: it has the same stores',
    ]);
    expect(spansOf({ stores: stores('phoenix') })).toEqual([
      '0 phoenix: it has the modules alliance and feeshare',
    ]);
  });

  test('by nothing: the SDK’s own messages, of the line that the node’s version belongs to', () => {
    const chosen = (nodeVersion: string) =>
      chooseApplications({ chainId: 'mine', era: 'tendermint-0.34', nodeVersion });
    expect(chosen('0.37.2')).toMatchObject([{ name: 'sdk-0.47', isKnown: false }]);
    expect(chosen('0.34.24')).toMatchObject([{ name: 'sdk-0.45', isKnown: false }]);
    expect(spansOf({})).toEqual(['0 sdk-0.45: nothing tells another']);
    expect(spansOf({ modules: [], stores: [], donePlans: [] }, 'mine', 'tendermint-0.33')).toEqual([
      '0 generic-amino: nothing tells another',
    ]);
  });
});

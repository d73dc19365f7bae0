/** The applications whose txs and stores are known. One more is a file of this folder and a line here. */
import type { Application } from './application.ts';
import { columbus1 } from './columbus-1.ts';
import { columbus2 } from './columbus-2.ts';
import { columbus3 } from './columbus-3.ts';
import { columbus4 } from './columbus-4.ts';
import { columbus5 } from './columbus-5.ts';
import { cosmoshub2 } from './cosmoshub-2.ts';
import { cosmoshub3 } from './cosmoshub-3.ts';
import { genericAmino } from './generic-amino.ts';
import { phoenix } from './phoenix.ts';
import { phoenix20 } from './phoenix-2.0.ts';
import { phoenix22 } from './phoenix-2.2.ts';
import { phoenix23 } from './phoenix-2.3.ts';
import { sdk045 } from './sdk-0.45.ts';
import { sdk047 } from './sdk-0.47.ts';
import { sdk050 } from './sdk-0.50.ts';
import { sdk053 } from './sdk-0.53.ts';
import { terraClassic2 } from './terra-classic-2.ts';
import { terraClassic3 } from './terra-classic-3.ts';
import { terraClassic4 } from './terra-classic-4.ts';

export const applications: readonly Application[] = [
  cosmoshub2,
  columbus1,
  columbus2,
  columbus3,
  columbus4,
  terraClassic3,
  terraClassic4,
  terraClassic2,
  phoenix,
  phoenix23,
  phoenix22,
  phoenix20,
  columbus5,
  sdk053,
  sdk050,
  sdk047,
  sdk045,
  cosmoshub3,
  genericAmino,
];

/** @throws TypeError there is none of that name */
export function applicationNamed(name: string): Application {
  const found = applications.find((each) => each.name === name);
  if (found === undefined) throw new TypeError(`no application '${name}'`);
  return found;
}

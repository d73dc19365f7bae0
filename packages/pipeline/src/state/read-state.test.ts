import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type BaleenError, type EraName, toHex } from '@baleen/chain';

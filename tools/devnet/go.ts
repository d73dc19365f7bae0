/** The `go` command: where it is, and what it builds. */
import { execFileSync, spawnSync } from 'node:child_process';

/** The second is where Go's own archive puts it, often without an entry in PATH. */
const CANDIDATES = ['go', '/usr/local/go/bin/go'];

/** What is missing to run a node; the caller decides whether that is an error or a skipped test. */
export class GoMissing extends Error {
  constructor() {
    super(
      'no go command in PATH; install Go (1.26 is known to do) and a C compiler, or name it in the variable GO',
    );
    this.name = 'GoMissing';
  }
}

/** @throws GoMissing */
export function findGo(): string {
  const given = process.env.GO;
  const candidates = given === undefined ? CANDIDATES : [given];
  const found = candidates.find((each) => spawnSync(each, ['version']).status === 0);
  if (found === undefined) throw new GoMissing();
  return found;
}

/** `go version go1.26.8 linux/amd64` */
export const goVersion = (go: string): string => execFileSync(go, ['version'], { encoding: 'utf8' }).trim();

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** True if a process holds the lock of a LevelDB directory, as a running node does.
 *
 * It takes no lock itself. goleveldb's flock and LevelDB's fcntl lock both appear in /proc/locks, with the device and the inode of the file
 * `LOCK`. The lock of a node in a container with its own process table may be invisible from outside; then the result is false. */
export function isLive(databasePath: string): boolean {
  const lock = statSync(join(databasePath, 'LOCK'), { bigint: true, throwIfNoEntry: false });
  if (lock === undefined || !existsSync('/proc/locks')) return false;
  const device = deviceName(lock.dev);
  return readFileSync('/proc/locks', 'latin1')
    .split('\n')
    .some((line) => {
      // A line of /proc/locks, with process, device and inode: `1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`
      const holder = /(?:FLOCK|POSIX|OFDLCK)\s+\S+\s+\S+\s+-?\d+\s+([0-9a-f]+:[0-9a-f]+):(\d+)\s/.exec(line);
      if (holder === null || holder[2] !== String(lock.ino)) return false;
      // overlayfs and btrfs give files a made-up device number of major 0, which may differ from the lock's. So only the inode counts then.
      return holder[1] === device || device.startsWith('00:') || holder[1]!.startsWith('00:');
    });
}

/** Returns `major:minor` of a Linux dev_t in hexadecimal, as /proc/locks writes it. */
function deviceName(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':');
}

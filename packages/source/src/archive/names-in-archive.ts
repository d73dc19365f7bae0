/** Names the entries of a snapshot archive where a message names the files that were unpacked from them. */
export class NamesInArchive {
  /** Path of the archive. */
  private readonly archive: string;
  /** Folder that the files are unpacked to, for a while. */
  private readonly folder: string;
  /** Path in the archive by path in the folder. */
  private readonly entries = new Map<string, string>();

  constructor(archive: string, folder: string) {
    this.archive = archive;
    this.folder = folder;
  }

  /** @param target  path of a file or directory below the folder */
  add(target: string, entry: string): void {
    this.entries.set(target, entry);
  }

  /** Returns a message without paths in the folder; its next step is about the archive. A message about other things stays as it is. */
  applyTo(message: string): string {
    const [begin = '', ...others] = message.split(`${this.folder}/`);
    if (others.length === 0) return message;
    const named = others.map((text) => text.replace(TARGET, (target) => this.nameOf(target)));
    return [begin, ...named].join('').replace(ANOTHER_COPY, 'download it again and compare its checksum');
  }

  private readonly nameOf = (target: string): string =>
    `${this.entries.get(target) ?? target} of ${this.archive}`;
}

/** A path below the folder, at the beginning of a text. */
const TARGET = /^[^\s,:;)]*/;

/** The next steps of the errors of a node's files, which an archive has not. */
const ANOTHER_COPY = /(?:restore the file or )?(?:index|read|use) another copy(?: of the node)?/g;

/** Changes single settings of a node's config.toml or app.toml, and leaves everything else as the node wrote it. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface TomlSetting {
  /** '': above the first section. */
  readonly section: string;
  readonly name: string;
  /** As TOML writes it, a string with its quotes. */
  readonly value: string;
}

/** @throws Error when the file lacks a setting */
export function writeSettings(file: string, settings: readonly TomlSetting[]): void {
  writeFileSync(
    file,
    settings.reduce((text, setting) => withSetting(file, text, setting), readFileSync(file, 'utf8')),
  );
}

function withSetting(file: string, text: string, { section, name, value }: TomlSetting): string {
  const start = section === '' ? 0 : text.indexOf(`\n[${section}]`);
  const line = new RegExp(`^${name} = .*$`, 'm');
  const rest = text.slice(start);
  if (start < 0 || !line.test(rest)) throw new Error(`${file}: has no ${name} in [${section}]`);
  return text.slice(0, start) + rest.replace(line, `${name} = ${value}`);
}

/** An application of a chain, and the first height that ran it. */
export interface ApplicationSpan {
  /** One of the names in the table of packages/decode/src/applications, for example `columbus-5`. */
  readonly name: string;
  readonly from: number;
}

/** An application that was chosen for a chain. Its decoder reads the blocks from height `from` up to where the next choice begins. */
export interface ApplicationChoice extends ApplicationSpan {
  /** Why this application was chosen, in words. */
  readonly reason: string;
}

/** An upgrade that a chain carried out: block `height` is the first of the new software. */
export interface DonePlan {
  readonly name: string;
  readonly height: number;
  /** Names of the stores that the application committed with that block; undefined if the source does not have them. */
  readonly stores?: readonly string[] | undefined;
}

/** What a source tells about the application that wrote a chain's txs and stores. It is plain data and may be sent to other threads. */
export interface ApplicationSigns {
  /** Applications that the user named, in order of heights. */
  readonly named?: readonly ApplicationSpan[] | undefined;
  /** Names of the stores that the application committed with its newest block; undefined if the source does not have them. */
  readonly stores?: readonly string[] | undefined;
  /** Names of the modules in the genesis document; undefined if the source did not read the document or has none. */
  readonly modules?: readonly string[] | undefined;
  /** Upgrades that the application has carried out, in order of heights; undefined if the source does not have them. */
  readonly donePlans?: readonly DonePlan[] | undefined;
  /** Consensus versions of the application's modules by name, from the store `upgrade`; undefined if the source does not have them. */
  readonly moduleVersions?: Readonly<Record<string, number>> | undefined;
  /** `FileDescriptorSet`s of the user's own modules, gzipped or plain, for what the application's own descriptors don't understand. */
  readonly descriptors?: readonly Uint8Array[] | undefined;
}

/** What the user says about the application on the command line. */
export type GivenApplication = Pick<ApplicationSigns, 'named' | 'descriptors'>;

/** How the txs of a chain are read. */
export interface TxReading {
  /** In order of heights; not empty. Blocks below the first application's height are read by the first application too. */
  readonly applications: readonly ApplicationSpan[];
  /** As in `ApplicationSigns`. */
  readonly descriptors?: readonly Uint8Array[] | undefined;
}

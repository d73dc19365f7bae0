/** An application of a chain, and the first height that ran it. */
export interface ApplicationSpan {
  /** A name of the decoder's table: `columbus-5`. */
  readonly name: string;
  readonly from: number;
}

/** An application that was chosen for a chain: it reads the blocks from `from` up to where the next choice begins. */
export interface ApplicationChoice extends ApplicationSpan {
  /** What tells that it is this one, in words. */
  readonly reason: string;
}

/** An upgrade that a chain carried out: block `height` is the first of the new software. */
export interface DonePlan {
  readonly name: string;
  readonly height: number;
  /** Names of the stores that the application committed with that block; undefined: the source does not have them. */
  readonly stores?: readonly string[] | undefined;
}

/** What a source tells of the application that wrote a chain's txs and stores. Plain data: it may cross threads. */
export interface ApplicationSigns {
  /** Applications by name, in order of heights, as the user says. */
  readonly named?: readonly ApplicationSpan[] | undefined;
  /** Names of the stores that the application committed last; undefined: the source does not have them. */
  readonly stores?: readonly string[] | undefined;
  /** Names of the modules in the genesis document; undefined: the source did not look, or has none. */
  readonly modules?: readonly string[] | undefined;
  /** Upgrades that it carried out, in order of heights; undefined: the source does not have them. */
  readonly donePlans?: readonly DonePlan[] | undefined;
  /** Consensus versions of its modules, as the store `upgrade` keeps them. */
  readonly moduleVersions?: Readonly<Record<string, number>> | undefined;
  /** `FileDescriptorSet`s of the user's own modules, gzipped or plain, for what the application's own descriptors don't understand. */
  readonly descriptors?: readonly Uint8Array[] | undefined;
}

/** What a user says of the application. */
export type GivenApplication = Pick<ApplicationSigns, 'named' | 'descriptors'>;

/** How the txs of a chain are read. */
export interface TxReading {
  /** In order of heights; not empty. Blocks below the first are read by the first. */
  readonly applications: readonly ApplicationSpan[];
  /** As of `ApplicationSigns`. */
  readonly descriptors?: readonly Uint8Array[] | undefined;
}

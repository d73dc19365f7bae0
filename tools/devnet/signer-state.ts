/** What a signature covers beside the tx itself. */
export interface SignerState {
  readonly chainId: string;
  readonly accountNumber: string;
  readonly sequence: number;
}

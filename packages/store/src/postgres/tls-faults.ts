/** By Node's codes, as in DEPTH_ZERO_SELF_SIGNED_CERT, UNABLE_TO_VERIFY_LEAF_SIGNATURE, CERT_HAS_EXPIRED. */
const REASONS: readonly (readonly [RegExp, (howToTrust: string) => string])[] = [
  [
    /SELF_SIGNED|^UNABLE_TO_|CERT_UNTRUSTED|INVALID_CA/,
    (howToTrust) => `this machine trusts nobody who signed its certificate: ${howToTrust}`,
  ],
  [/ALTNAME/, () => 'its certificate is for another host: use a name that the certificate has'],
  [
    /CERT_(HAS_EXPIRED|NOT_YET_VALID)/,
    () => "its certificate is not valid at this time: renew it, or set this machine's clock",
  ],
  [/CERT/, () => 'its certificate is refused: give it another one'],
  [/^ERR_(TLS|SSL)/, () => 'the two can not agree on TLS: is this the port at which it speaks TLS?'],
];

/** The next step after an error of TLS.
 *
 * @param howToTrust  how the certificate of who signed the service's is given, e.g. `sslrootcert=FILE`
 * @returns undefined: it is another error */
export function nextStepOfTls(error: unknown, howToTrust: string): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return undefined;
  return REASONS.find(([codes]) => codes.test(code))?.[1](howToTrust);
}

/** Every SQLSTATE of PostgreSQL 18 (appendix A, src/backend/utils/errcodes.txt), and what each means for whoever runs Baleen. */
/** source: the same may work later. operator: somebody must change something. ours: a fault of Baleen itself. */
export type Verdict = 'source' | 'operator' | 'ours';

/** A class, its codes without the class, and the verdict; `but` names codes of it that mean something else. */
interface StateClass {
  readonly codes: string;
  readonly verdict: Verdict;
  readonly but?: Readonly<Record<string, Verdict>>;
}

/** Of a user's trigger, rule or function on our tables: Baleen has none. */
const OF_USERS_CODE = 'operator';

const CLASSES: Readonly<Record<string, StateClass>> = {
  '00': { codes: '000', verdict: 'ours' },
  '01': { codes: '000 003 004 006 007 008 00C P01', verdict: 'ours' },
  '02': { codes: '000 001', verdict: 'ours' },
  '03': { codes: '000', verdict: 'ours' },
  '08': { codes: '000 001 003 004 006 007 P01', verdict: 'source' },
  '09': { codes: '000', verdict: OF_USERS_CODE },
  '0A': { codes: '000', verdict: 'operator' },
  '0B': { codes: '000', verdict: 'ours' },
  '0F': { codes: '000 001', verdict: 'ours' },
  '0L': { codes: '000 P01', verdict: 'operator' },
  '0P': { codes: '000', verdict: 'operator' },
  '0Z': { codes: '000 002', verdict: OF_USERS_CODE },
  '10': { codes: '608', verdict: 'ours' },
  '20': { codes: '000', verdict: OF_USERS_CODE },
  '21': { codes: '000', verdict: 'ours' },
  '22': {
    codes:
      '000 001 002 003 004 005 007 008 009 00B 00C 00D 00F 00G 00H 00L 00M 00N 00S 00T 010 011 012 013 014 015 016 018 019 ' +
      '01B 01E 01F 01G 01W 01X 021 022 023 024 025 026 027 02E 02G 02H 030 031 032 033 034 035 036 037 038 039 03A 03B 03C ' +
      '03D 03E 03F 03G P01 P02 P03 P04 P05 P06',
    verdict: 'ours',
  },
  '23': { codes: '000 001 502 503 505 514 P01', verdict: 'ours' },
  '24': { codes: '000', verdict: 'ours' },
  '25': {
    codes: '000 001 002 003 004 005 006 007 008 P01 P02 P03 P04',
    verdict: 'ours',
    but: { '006': 'source', P03: 'source', P04: 'source' },
  },
  '26': { codes: '000', verdict: 'operator' },
  '27': { codes: '000', verdict: OF_USERS_CODE },
  '28': { codes: '000 P01', verdict: 'operator' },
  '2B': { codes: '000 P01', verdict: 'operator' },
  '2D': { codes: '000', verdict: OF_USERS_CODE },
  '2F': { codes: '000 002 003 004 005', verdict: OF_USERS_CODE },
  '34': { codes: '000', verdict: 'operator' },
  '38': { codes: '000 001 002 003 004', verdict: OF_USERS_CODE },
  '39': { codes: '000 001 004 P01 P02 P03', verdict: OF_USERS_CODE },
  '3B': { codes: '000 001', verdict: 'ours' },
  '3D': { codes: '000', verdict: 'operator' },
  '3F': { codes: '000', verdict: 'operator' },
  '40': { codes: '000 001 002 003 P01', verdict: 'source' },
  '42': {
    codes:
      '000 501 601 602 611 622 701 702 703 704 710 712 723 725 803 804 809 830 846 883 8C9 939 P01 P02 P03 P04 P05 P06 P07 ' +
      'P08 P09 P10 P11 P12 P13 P14 P15 P16 P17 P18 P19 P20 P21 P22',
    verdict: 'ours',
    // Something of ours is missing, was changed, or is there already.
    but: {
      ...{ '501': 'operator', '703': 'operator', '704': 'operator', '710': 'operator', '723': 'operator' },
      ...{
        '809': 'operator',
        '883': 'operator',
        P01: 'operator',
        P05: 'operator',
        P06: 'operator',
        P07: 'operator',
      },
    },
  },
  '44': { codes: '000', verdict: 'ours' },
  '53': { codes: '000 100 200 300 400', verdict: 'source' },
  '54': { codes: '000 001 011 023', verdict: 'operator' },
  '55': { codes: '000 006 P02 P03 P04', verdict: 'source' },
  '57': { codes: '000 014 P01 P02 P03 P04 P05', verdict: 'source', but: { P04: 'operator' } },
  '58': { codes: '000 030 P01 P02 P03', verdict: 'source' },
  F0: { codes: '000 001', verdict: 'source' },
  HV: {
    codes:
      '000 001 002 004 005 006 007 008 009 00A 00B 00C 00D 00J 00K 00L 00M 00N 00P 00Q 00R 010 014 021 024 090 091',
    verdict: 'operator',
  },
  P0: { codes: '000 001 002 003 004', verdict: OF_USERS_CODE },
  XX: { codes: '000 001 002', verdict: 'source' },
};

export interface SqlState {
  readonly state: string;
  readonly verdict: Verdict;
}

export const sqlStates: readonly SqlState[] = Object.entries(CLASSES).flatMap(
  ([stateClass, { codes, verdict, but = {} }]) =>
    codes.split(' ').map((code) => ({ state: `${stateClass}${code}`, verdict: but[code] ?? verdict })),
);

/** For the grid: of each class one state for each verdict that it has, and the states that the code names by themselves. */
export const sampleStates: readonly SqlState[] = [
  ...new Map(sqlStates.map((one) => [`${one.state.slice(0, 2)} ${one.verdict}`, one] as const)).values(),
  ...sqlStates.filter(({ state }) =>
    ['23505', '40P01', '42501', '0A000', '2BP01', '42P16', '42P13'].includes(state),
  ),
];

/** A server that shuts down, and a way to it that breaks, end the session. */
export const endsSession = (state: string): boolean => /^(08|57P|25P03|25P04)/.test(state);

/** What the driver, Node or a pooler says without an SQLSTATE. */
export const driverErrors: readonly { readonly error: Error; readonly verdict: Verdict }[] = [
  ...[
    ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'],
    ...[
      'ENETUNREACH',
      'ENETDOWN',
      'EPIPE',
      'EADDRNOTAVAIL',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'CERT_HAS_EXPIRED',
    ],
    ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    ...['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ].map((code) => ({
    error: Object.assign(new Error(`connect ${code}`), { code }),
    verdict: 'source' as const,
  })),
  ...[
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Query read timeout',
    'Client was closed and is not queryable',
    'Client has encountered a connection error and is not queryable',
    'The server does not support SSL connections',
    'There was an error establishing an SSL connection',
  ].map((message) => ({ error: new Error(message), verdict: 'source' as const })),
  ...[
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string',
    'SASL: Only mechanism(s) SCRAM-SHA-256 are supported',
  ].map((message) => ({ error: new Error(message), verdict: 'operator' as const })),
];

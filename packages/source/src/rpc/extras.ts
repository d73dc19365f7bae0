/** Routes of facts beside a block that can be done without. Some gateways deny them to everybody. */
export const EXTRAS = { validators: '/validators', params: '/consensus_params' } as const;

/** Counts the changes of what is made of txs that databases hold already: a module more, another JSON, another signer. Whoever makes one
 * raises it. It is a part of the version of each table that follows from txs, so that status names the heights that an older decoder
 * wrote, and redecode writes them anew. */
export const TX_DECODING = 1;

/** md5 of the rows that each version of a table makes of the bundled chains. Lines are added, never changed: a changed one would leave
 * databases with rows that nothing finds. */
export const ROWS: Readonly<Record<string, string>> = {
  'blocks@1': '5155956c61a2ea9032fdc669bdbff9b3',
  'commits@1': '524549dfa08707bdcc3566fd6b3057e0',
  'consensus_params@1': '8631c8328e1218538e7164a41e3267d6',
  'digests@1': '2a72429b2eae0bf9a8635977e063d816',
  'events@2': '563ec0d2292c62aa76adf09c5194cefd',
  'evidence@1': 'd5ebaff20dc95084d213930346ef904a',
  'messages@2': '9b3312ae1cc8d09bbdf468f60201d2b4',
  'missed_votes@1': '076b5e1ea4e154c8552f562eac5db738',
  'tx_fees@3': 'a34dcadb4a1621fa1b84711e2142a7d4',
  'tx_hashes@1': '423eb62c5800cebd8fee565eaa95a1ee',
  'tx_signatures@2': 'fa9a8504064bdb0ebc9cd535f78483b7',
  'txs@3': '3b0c27455bbbe92b022117f9927537f0',
  'validator_operators@2': 'eb6783f6292af6b2f7b343d347825350',
  'validator_sets@1': '5ca1df82b056b54d0f8c6dce37fd6ddf',
  'validator_updates@1': '0a1b2928b76af19226ffab645fde2025',
  'validators@1': 'cb343d14109875605978ad7900d437ff',
};

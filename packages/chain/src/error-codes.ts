/** What can be done about an error. `source`: try another source, or try later. `data`: leave this height out. `operator`: change the
 * command or its configuration. `bug`: report it, as it is a fault of Baleen itself. */
export type ErrorKind = 'source' | 'data' | 'operator' | 'bug';

interface ErrorCodeDoc {
  /** The kinds of error that have this code. Most codes have a single kind. A missing file has two: the operator may have named a wrong
   * folder, or a running node may have removed the file. */
  readonly kinds: readonly ErrorKind[];
  readonly means: string;
  readonly next: string;
}

const doc = (kinds: ErrorKind | readonly ErrorKind[], means: string, next: string): ErrorCodeDoc => ({
  kinds: typeof kinds === 'string' ? [kinds] : kinds,
  means,
  next,
});

/** Every code that a `BaleenError` can have. docs/errors.md is made from this table by `npm run error-docs`. */
export const errorCodes = {
  BECH32_MALFORMED: doc(
    'data',
    'A text is no bech32 address: wrong checksum, length or letter.',
    'Report the block with the address that is shown.',
  ),
  CLI_APPLICATION: doc(
    'operator',
    '`--application` names none of the applications that Baleen knows.',
    'Use one of the names that are shown, or leave the option out.',
  ),
  CLI_CONFIG: doc(
    'operator',
    "The configuration file can't be read, or says something unknown.",
    'Correct the file as the example in the message shows.',
  ),
  CLI_CROSS_CHECK: doc(
    'operator',
    '`--cross-check` was given fewer than two RPC endpoints.',
    'Name a second endpoint, or leave the option out.',
  ),
  CLI_DATABASE_URL: doc(
    'operator',
    '`--database` or `DATABASE_URL` is no URL of a PostgreSQL server.',
    'Write it as `postgres://user:password@host:5432/name`.',
  ),
  CLI_DB_NOT_RUNNING: doc(
    'operator',
    'The embedded PostgreSQL of this data folder does not run.',
    '`baleen db start`',
  ),
  CLI_DEMO_DIFFERS: doc(
    'data',
    "An answer of the demo's SQL differs from the node's recorded answer.",
    'Report it with the output.',
  ),
  CLI_HEIGHTS_NOT_THERE: doc(
    'operator',
    'The source holds none, or not all, of the heights that were asked for.',
    'Ask for heights that the message names.',
  ),
  CLI_WHICH_CHAIN: doc(
    'operator',
    'The database holds several chains, and the command is about one.',
    'Name it with `--chain`.',
  ),
  CLI_LCD_URL: doc('operator', '`--lcd` is no URL of a REST server.', 'Write it as `http://localhost:1317`.'),
  CLI_METRICS_PORT: doc(
    'operator',
    'The port for metrics is taken or may not be opened.',
    'Choose another one with `--metrics`.',
  ),
  CLI_NO_STATE: doc(
    'operator',
    'The database holds no state of the chain to compare.',
    '`baleen state SOURCE`',
  ),
  CLI_NOT_MIGRATED: doc('operator', 'The database holds nothing of Baleen yet.', '`baleen index SOURCE`'),
  CLI_NO_PREFIX: doc(
    'operator',
    "Nothing tells the prefix of the chain's addresses, so its state can't be written.",
    "Put the chain's `genesis.json` where the message says.",
  ),
  CLI_OLDER_DATABASE: doc(
    'operator',
    'An older version made this database; a view or column that is needed is missing.',
    '`baleen migrate`',
  ),
  CLI_OPTIONS: doc(
    'operator',
    'An option or argument is unknown, missing or malformed.',
    'See `baleen COMMAND --help`.',
  ),
  CLI_OTHER_CHAIN: doc(
    'operator',
    'A source is of another chain than `--chain` or the other sources.',
    'Name sources of one chain.',
  ),
  CLI_READER_LOGIN: doc(
    'operator',
    '`baleen sql` may not create its read-only login.',
    'Run the SQL of the message as an administrator and give the URL with `--reader-url`.',
  ),
  CLI_REDIS_URL: doc(
    'operator',
    '`--redis` or `REDIS_URL` is no URL of a Redis server.',
    'Write it as `redis://:password@host:6379`.',
  ),
  CLI_SQL: doc(
    'operator',
    'PostgreSQL refused the query of `baleen sql`.',
    'Correct the query; `baleen sql` without one lists the views.',
  ),
  DECODE_AMINO: doc(
    'data',
    'Bytes are not valid amino of the type that they should hold.',
    'Report the block; restore the file or index another copy if it is damaged.',
  ),
  DECODE_CHAIN_ID: doc(
    'data',
    'A block names another chain than its source.',
    'The source is damaged: index another copy.',
  ),
  DECODE_COMMIT_HEIGHT: doc(
    'data',
    "A block's last commit is not of the height below it.",
    'The source is damaged: index another copy.',
  ),
  DECODE_HEIGHT: doc(
    'data',
    'A block names another height than the one it was stored under.',
    'The source is damaged: index another copy.',
  ),
  DECODE_MALFORMED: doc(
    'data',
    'A field of a block is not what Tendermint or CometBFT writes.',
    'Report the block; index another copy or ask another endpoint if it is damaged.',
  ),
  DECODE_PARTS: doc(
    'data',
    "A block's parts are missing or don't fit their header.",
    'The source is damaged: index another copy.',
  ),
  DECODE_PROTOBUF: doc(
    'data',
    'Bytes are not valid protobuf of the type that they should hold.',
    'Report the block; index another copy if it is damaged.',
  ),
  DECODE_RESULT_COUNT: doc(
    'data',
    'A block has another number of results than of txs.',
    'Index another copy or ask another endpoint.',
  ),
  DECODE_STATE: doc(
    'data',
    "A key or value of a module's store is not as the module writes it.",
    'Report the key; the state that was there before stays.',
  ),
  DECODE_TX_COUNT: doc(
    'data',
    'A block has another number of txs than its header says.',
    'Index another copy or ask another endpoint.',
  ),
  CLI_DESCRIPTORS: doc(
    'operator',
    '`--descriptors` is no readable `FileDescriptorSet`.',
    'Make one with `baleen descriptors fetch`, `buf build -o` or `protoc --include_imports -o`.',
  ),
  DESCRIPTORS_NO_REFLECTION: doc(
    'operator',
    'A gRPC server does not offer reflection.',
    'Ask another node, or make a FileDescriptorSet with buf or protoc.',
  ),
  DESCRIPTORS_REFUSED: doc(
    'source',
    'A gRPC server refused to describe a service.',
    'Ask another node of the chain.',
  ),
  DESCRIPTORS_UNREACHABLE: doc(
    'source',
    'A gRPC server does not answer.',
    'Check address and port; gRPC is not on the RPC port.',
  ),
  EMBEDDED_ABSENT: doc(
    'operator',
    'There is no embedded PostgreSQL for this platform.',
    'Give a server of your own with `--database`.',
  ),
  EMBEDDED_BUSY: doc(
    'operator',
    'Another command has been starting or stopping the embedded PostgreSQL for minutes.',
    'End that command.',
  ),
  EMBEDDED_CLOSED_FOLDER: doc(
    'operator',
    'The user that PostgreSQL runs as may not enter the data folder.',
    'Choose another folder with `--data-dir`.',
  ),
  EMBEDDED_CONNECT: doc(
    'operator',
    'The embedded PostgreSQL runs and refuses the connection.',
    'Read its log, which the message names.',
  ),
  EMBEDDED_DATA_DIR: doc(
    'operator',
    "The data folder can't be made or written to.",
    'Choose another folder with `--data-dir`.',
  ),
  EMBEDDED_LINKS: doc(
    'operator',
    "The file system can't hold the links that PostgreSQL's libraries need.",
    'Choose a data folder on another file system.',
  ),
  EMBEDDED_OTHER_MAJOR: doc(
    'operator',
    'Another major version of PostgreSQL made the data folder.',
    'Move the folder away and index again, or run it with its own version.',
  ),
  EMBEDDED_PROGRAM: doc(
    'operator',
    'A program of the embedded PostgreSQL failed.',
    'Read the reason in the message.',
  ),
  EMBEDDED_START: doc(
    'operator',
    'The embedded PostgreSQL did not start.',
    'Read the end of its log in the message.',
  ),
  EMBEDDED_STOP: doc(
    'operator',
    'The embedded PostgreSQL did not stop in time.',
    'Read its log, which the message names.',
  ),
  IAVL_CORRUPT: doc('data', "A node of a module's tree is damaged.", 'Read another copy of the database.'),
  IAVL_EMPTY: doc(
    'operator',
    'The database has no committed version.',
    'Name the `application.db` of a node that has committed a block.',
  ),
  IAVL_NODE_MISSING: doc(
    'data',
    "A node of a module's tree is missing.",
    'Read another version or another copy.',
  ),
  IAVL_NO_TREE: doc(
    'operator',
    'A store is not an IAVL tree, so its contents are not in the database.',
    'Leave this store out.',
  ),
  IAVL_STORE_UNKNOWN: doc(
    'operator',
    'The application has no store of this name.',
    'Name one that the message lists.',
  ),
  IAVL_VERSION_PRUNED: doc(
    'operator',
    'The node has pruned this version.',
    'Name a version that the message lists.',
  ),
  IAVL_VERSION_UNKNOWN: doc('operator', 'There is no such version yet.', 'Name one up to the latest.'),
  JOBS_LOGIN: doc(
    'operator',
    'Redis refuses the login, or the user may not do what the queue needs.',
    'Give user and password in `REDIS_URL`, of a user who may use all keys and commands.',
  ),
  JOBS_OTHER_CHAIN: doc(
    'operator',
    "A job's source is of another chain on this machine.",
    'Give the source of that name another path with `--source` or `--config`.',
  ),
  JOBS_PAYLOAD: doc(
    'data',
    "A job in the queue is not one of this version's.",
    'Remove it from the queue and `baleen enqueue` again.',
  ),
  JOBS_REFUSED: doc(
    'operator',
    'The Redis server lacks a command that the queue needs.',
    'Use Redis 6.2 or newer, with all of its commands.',
  ),
  JOBS_STALLED: doc(
    'data',
    'Several workers ended while they wrote one range.',
    'Look at their memory, then `baleen enqueue` the range again.',
  ),
  JOBS_UNREACHABLE: doc(
    'source',
    'The job queue does not answer.',
    'Check that Redis or PostgreSQL runs and that its URL is right.',
  ),
  LCD_HEIGHT_GONE: doc(
    'source',
    "The REST server no longer has the height of the database's state.",
    'Take a newer state, or ask a server that keeps this height.',
  ),
  LCD_NOTHING_COMPARED: doc(
    'source',
    "None of the REST server's answers could be compared.",
    'Check that `--lcd` is the REST server of a node of this chain.',
  ),
  LCD_UNREACHABLE: doc(
    'source',
    'The REST server does not answer.',
    'Check that it runs, and its address and port (1317).',
  ),
  LEVELDB_CHANGED: doc(
    'source',
    'A running node changed the database faster than it could be read.',
    'Try again.',
  ),
  LEVELDB_CORRUPT: doc(
    'data',
    'A file of the database is damaged.',
    'Restore the file or index another copy.',
  ),
  LEVELDB_MISSING: doc(
    ['operator', 'source'],
    'A file of the database is missing.',
    'Do what the message says; a running node may have removed it, then try again.',
  ),
  LEVELDB_REPLACED: doc('source', "A running node replaced the database's files meanwhile.", 'Try again.'),
  LEVELDB_UNREADABLE: doc(
    'operator',
    'A folder or file of the database may not be read.',
    'Give this user the right to read it.',
  ),
  LEVELDB_UNSUPPORTED: doc(
    'data',
    'The folder holds no database that Tendermint or CometBFT writes with goleveldb or pebbledb, or a form of it that no node writes.',
    "Name the node's home or `data` folder, or use the node's RPC.",
  ),
  PIPELINE_NOT_STORED: doc(
    'operator',
    'Rows that others are to be made of were not written at these heights.',
    '`baleen forget` these heights and index them again from a source.',
  ),
  PIPELINE_UNEXPECTED: doc(
    'bug',
    'A thread met an error that no rule covers.',
    'Report it with the message.',
  ),
  SOURCE_ARCHIVE_CORRUPT: doc(
    'data',
    'A snapshot archive is damaged, or is cut off.',
    'Download it again and compare its checksum.',
  ),
  SOURCE_ARCHIVE_NO_SPACE: doc(
    'operator',
    'The data folder has too little room for what an archive holds.',
    'Make room, or name another folder with --data-dir.',
  ),
  SOURCE_ARCHIVE_REFUSED: doc(
    'data',
    'A snapshot archive holds an entry that is not unpacked: a link or device in place of a file, or a path out of the folder.',
    'Ask its provider; unpack it by hand if you trust it.',
  ),
  SOURCE_ARCHIVE_UNSUPPORTED: doc(
    'operator',
    'A file is no archive that is read, or the command does not take one.',
    'Name a .tar, .tar.gz, .tar.lz4 or .tar.zst, or unpack it.',
  ),
  SOURCE_BACKEND_UNSUPPORTED: doc(
    'operator',
    'The node keeps its blocks in a database that Baleen does not read.',
    "Use the node's RPC.",
  ),
  SOURCE_CHAIN_MISMATCH: doc(
    'data',
    'A part of the source is of another chain.',
    'Name a source of one chain.',
  ),
  SOURCE_CHANGED: doc('source', 'A file changed while it was read.', 'Try again.'),
  SOURCE_CORRUPT: doc(
    'data',
    'What the source holds is damaged or does not fit together.',
    'Restore it, index another copy or use another endpoint.',
  ),
  SOURCE_CROSS_CHECK: doc(
    'operator',
    '`--cross-check` needs two endpoints.',
    'Name another endpoint, or leave the option out.',
  ),
  SOURCE_DISAGREEMENT: doc(
    'data',
    'Two endpoints give different answers to the same question.',
    'Name a third endpoint to decide.',
  ),
  SOURCE_DISCONTINUITY: doc(
    'data',
    'Neighbouring blocks do not link to each other.',
    'Index another copy or use another endpoint.',
  ),
  SOURCE_EMPTY: doc('operator', 'The source holds no block.', 'Name a node that has committed one.'),
  SOURCE_ENDED: doc('source', 'The source tells of no more blocks.', 'Follow again.'),
  SOURCE_ERA_CHANGED: doc(
    'operator',
    'The node was upgraded to another consensus version while it was read.',
    'Run the command again.',
  ),
  SOURCE_ERA_UNSUPPORTED: doc(
    'operator',
    'This version of Tendermint or CometBFT is not supported.',
    'See docs/limits.md for those that are.',
  ),
  SOURCE_GENESIS_DISAGREES: doc(
    'data',
    'Two genesis documents of the source differ.',
    'Do what the message says.',
  ),
  SOURCE_GENESIS_MALFORMED: doc(
    'data',
    'The genesis is no genesis document.',
    "Put the chain's own in its place.",
  ),
  SOURCE_HEIGHT_REFUSED: doc(
    'data',
    'The endpoints answer for other heights and refuse this one, time and again.',
    'Name an endpoint that can answer it, or a directory, and index the height again.',
  ),
  SOURCE_KIND_UNSUPPORTED: doc(
    'operator',
    'The argument is no source that Baleen reads.',
    "Name a node's folder or an RPC address.",
  ),
  SOURCE_LYING: doc(
    'data',
    "An endpoint's block does not hash to what the chain says.",
    'Use another endpoint.',
  ),
  SOURCE_MISSING: doc(
    ['data', 'source'],
    'The source lacks a block or result that it should have.',
    'Index another copy or use another endpoint.',
  ),
  SOURCE_NOT_FOUND: doc(
    'operator',
    'There is nothing at the path, or no database of a node.',
    "Name the node's home or `data` folder.",
  ),
  SOURCE_NOT_ONE: doc('operator', 'The folder holds the databases of several nodes.', 'Name one of them.'),
  SOURCE_NOT_ONE_CHAIN: doc(
    'operator',
    'The endpoints are of different chains.',
    'Name endpoints of one chain.',
  ),
  SOURCE_NOT_RPC: doc(
    'operator',
    'The address does not answer as a Tendermint RPC does.',
    'Check the address and the port (26657).',
  ),
  SOURCE_NO_WITNESS: doc(
    'source',
    'No other endpoint could confirm a block.',
    'Name another endpoint, or try again.',
  ),
  SOURCE_OUT_OF_RANGE: doc(
    'operator',
    'The source does not hold this height.',
    'Ask for a height that the message names.',
  ),
  SOURCE_OVERSTATED: doc(
    'source',
    'An endpoint claims a height that it does not have.',
    'Use another endpoint, or try again.',
  ),
  SOURCE_PRUNED: doc(
    'source',
    'The endpoint has pruned the block.',
    'Use an endpoint that keeps it, or ask for later heights.',
  ),
  SOURCE_REFUSED: doc(
    'operator',
    'The endpoint refuses the request.',
    'Give the key or token that it wants.',
  ),
  SOURCE_TOO_LARGE: doc(
    'source',
    'An answer of the endpoint is larger than any block can be.',
    'Use another endpoint.',
  ),
  SOURCE_UNREACHABLE: doc('source', 'The endpoint does not answer.', 'Check the address, or try again.'),
  SOURCE_UNREADABLE: doc('source', "A file of the source can't be read.", 'Check its permissions.'),
  STATE_APPLICATION_UNKNOWN: doc(
    'operator',
    "The application's stores are not known, so no state is written.",
    'Index without state; see docs/limits.md.',
  ),
  STATE_APP_HASH_MISMATCH: doc(
    'data',
    'The state does not hash to the app hash of the block.',
    'Read another copy.',
  ),
  STATE_INTERRUPTED: doc(
    'operator',
    'Reading the state was interrupted; the old one stays.',
    'Run the command again.',
  ),
  STATE_NEEDS_FILES: doc(
    'operator',
    "State is read from a node's folder, not over RPC.",
    "Name the node's folder.",
  ),
  STATE_NOT_FOUND: doc(
    'operator',
    'The source has no `application.db`.',
    'Name the folder of a node that has one.',
  ),
  STATE_OTHER_CHAIN: doc(
    'operator',
    "The state's folder is of another chain.",
    'Name a folder of the chain.',
  ),
  STORE_BROKEN_LINK: doc(
    'data',
    'Two blocks of the source do not link to each other.',
    'The source is damaged: index another copy.',
  ),
  STORE_BROKEN_NEIGHBOUR: doc(
    'data',
    'A block does not link to its neighbour in the database.',
    "Source and database differ: find out which one is the chain's.",
  ),
  STORE_CHAIN_IN_USE: doc(
    'operator',
    'Processes write to the chain that is to be removed.',
    'Stop them, then run the command again.',
  ),
  STORE_CHAIN_UNPROVED: doc(
    'data',
    'Nothing proves that source and database hold the same chain.',
    'Give a source that overlaps, or `--trust`.',
  ),
  STORE_DATABASE_LIMIT: doc(
    'source',
    'PostgreSQL is out of disk, memory or connections.',
    'Give it more and run the command again.',
  ),
  STORE_DEPENDENT_OBJECT: doc(
    'operator',
    "A user's object on a view can't be put back on the view's new form.",
    'Run the SQL of the message as its owner, then `baleen migrate`.',
  ),
  STORE_ENCODING: doc(
    'operator',
    'The database is not in UTF8, so it can not hold what chains hold.',
    "Create one with `encoding 'UTF8' locale 'C' template template0`.",
  ),
  STORE_FENCED: doc('source', 'Another worker has taken over the range.', 'Nothing: it goes on there.'),
  STORE_LIMIT: doc(
    'data',
    "PostgreSQL can't hold a value of the block.",
    'Drop the index that is named if it is your own, else report the block.',
  ),
  STORE_LOGIN: doc(
    'operator',
    'PostgreSQL refuses the login, or has no such database.',
    'Correct user, password or name in `--database` or `DATABASE_URL`.',
  ),
  STORE_LONG_CHAIN_ID: doc(
    'data',
    'The chain id is longer than Tendermint allows.',
    "The source holds no chain of Tendermint's.",
  ),
  STORE_MIGRATION_CHANGED: doc(
    'operator',
    'A file of migrations was changed after it had been applied.',
    'Restore the file and add a new one.',
  ),
  STORE_NEWER_DATABASE: doc(
    'operator',
    'A newer version of Baleen has written to this database.',
    'Use the newer version.',
  ),
  STORE_OTHER_BLOCK: doc(
    'data',
    'The database has another block of this height.',
    "Source and database differ: find out which one is the chain's.",
  ),
  STORE_OTHER_CHAIN: doc(
    'data',
    'The database holds another chain with the same id.',
    'Use another database.',
  ),
  STORE_OVERLAP: doc(
    'source',
    'Another process wrote a part of the range meanwhile.',
    'Run the command again; it writes only what is missing.',
  ),
  STORE_PERMISSION: doc(
    'operator',
    'The login may not do what the work needs.',
    'Grant it what is missing, or use the login that ran `baleen migrate` first.',
  ),
  STORE_READ_ONLY: doc(
    'source',
    'The database is read-only: a standby, or a disk that is nearly full.',
    'Connect to the primary, or make it writable; `follow` and `worker` wait for it.',
  ),
  STORE_RESULTS_REFUTED: doc(
    'data',
    'The next header proves that stored results are false.',
    'Ask for both blocks again.',
  ),
  STORE_ROLE_REFUSED: doc(
    'operator',
    'The login may not create the role `baleen_reader`.',
    'Run the SQL of the message as an administrator.',
  ),
  STORE_ROWS_DAMAGED: doc(
    'data',
    'Stored rows of a block are missing, or are not what Baleen writes: somebody else changed them.',
    '`baleen forget` these heights and index them again.',
  ),
  STORE_SCHEMA_REFUSED: doc(
    'operator',
    'The login may not create schemas.',
    'Run the grant of the message as an administrator.',
  ),
  STORE_STATEMENT: doc(
    'operator',
    'What Baleen made in the database is missing or was changed by others, or the server is too old.',
    '`baleen migrate`, or use another database of PostgreSQL 15 or newer.',
  ),
  STORE_STATE_REFUTED: doc(
    'data',
    "The state does not fit the app hash of the database's next block.",
    'Source and database differ: read another copy.',
  ),
  STORE_TIMEOUT: doc(
    'source',
    'Somebody cancelled the work, or a timeout of the server or a pooler ended it.',
    'Raise the timeout for this role, or go past the pooler; then run the command again.',
  ),
  STORE_UNKNOWN_CHAIN: doc('operator', 'The database has no such chain.', '`baleen index` it first.'),
  STORE_UNREACHABLE: doc(
    'source',
    'PostgreSQL does not answer.',
    'Check that it runs and that `--database` or `DATABASE_URL` is right.',
  ),
  STORE_WRITE_FAILED: doc(
    'source',
    'PostgreSQL gave a transaction up or failed itself; nothing of it is there.',
    'Run the command again; see its log.',
  ),
  TIME_OUT_OF_RANGE: doc('data', 'A time is none that Go can hold.', 'Report the block.'),
  WIRE_MALFORMED: doc(
    'data',
    "Bytes are not protobuf's wire format.",
    'Report the block; index another copy if it is damaged.',
  ),
} as const satisfies Record<string, ErrorCodeDoc>;

export type ErrorCode = keyof typeof errorCodes;

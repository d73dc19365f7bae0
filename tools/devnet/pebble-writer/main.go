// Writes a Pebble directory as a node's `pebbledb` backend does, with the library that cosmos-db 1.1 and cometbft-db 0.14 use, so
// that a reader of a live directory can be tried without a node.
//
// Buffers, blocks and tables are small by default and keys are overwritten and deleted all the time, so that logs are used again,
// tables are compacted and their indexes have two levels within seconds.
//
// Each round is one synced batch that sets the key `round` to the round's number. Before it is committed, a line
// `round digest` is added to the file DIRECTORY.rounds. A digest is the xor of sha256(key length (4, big endian) . key . value)
// over all entries: a reader that finds a round can compute the digest of all entries that it sees and look it up.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble"
)

type settings struct {
	to, odd, compression string
	rounds, crashAt      int
	rate                 float64
	memTable, fill       int
	format               uint64
	hold                 bool
}

func main() {
	var s settings
	flag.StringVar(&s.to, "to", "", "directory to write; an earlier run's is gone on with")
	flag.IntVar(&s.rounds, "rounds", 100, "rounds to write in this run")
	flag.Float64Var(&s.rate, "rate", 0, "rounds a second; 0: as fast as it can")
	flag.IntVar(&s.crashAt, "crash-at", 0, "round before whose commit this process kills itself with SIGKILL")
	flag.IntVar(&s.memTable, "mem-table", 256<<10, "bytes of a memory table; a node has 4 MiB")
	flag.IntVar(&s.fill, "fill", 8<<10, "bytes of a round, about")
	flag.Uint64Var(&s.format, "format", 1, "format major version; a node's is 1")
	flag.StringVar(&s.compression, "compression", "snappy", "snappy, zstd or none")
	flag.StringVar(&s.odd, "odd", "", "writes a merge or a range-deletion at the end and flushes it")
	flag.BoolVar(&s.hold, "hold", false, "waits at the end, with the directory open, until it is killed")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "pebble-writer:", err)
		os.Exit(1)
	}
}

func run(s settings) error {
	if s.to == "" || flag.NArg() > 0 {
		return errors.New("expected --to DIRECTORY and no other words; --help lists the options")
	}
	options, err := optionsOf(s)
	if err != nil {
		return err
	}
	db, err := pebble.Open(s.to, options)
	if err != nil {
		return err
	}
	w, err := newWriter(s, db)
	if err != nil {
		return err
	}
	for index := 0; index < s.rounds; index++ {
		if err := w.round(); err != nil {
			return err
		}
		if s.rate > 0 {
			time.Sleep(time.Duration(float64(time.Second) / s.rate))
		}
	}
	if err := writeOdd(db, s.odd); err != nil {
		return err
	}
	if s.hold {
		select {}
	}
	return db.Close()
}

func optionsOf(s settings) (*pebble.Options, error) {
	compressions := map[string]pebble.Compression{
		"snappy": pebble.SnappyCompression, "zstd": pebble.ZstdCompression, "none": pebble.NoCompression,
	}
	compression, known := compressions[s.compression]
	if !known {
		return nil, fmt.Errorf("expected --compression snappy, zstd or none, found %s", s.compression)
	}
	options := &pebble.Options{
		FormatMajorVersion:    pebble.FormatMajorVersion(s.format),
		MemTableSize:          uint64(s.memTable),
		L0CompactionThreshold: 2,
		LBaseMaxBytes:         256 << 10,
		Logger:                quiet{},
	}
	options.Levels = make([]pebble.LevelOptions, 7)
	for level := range options.Levels {
		options.Levels[level] = pebble.LevelOptions{
			BlockSize: 1 << 10, IndexBlockSize: 256, TargetFileSize: 32 << 10, Compression: compression,
		}
	}
	return options.EnsureDefaults(), nil
}

// quiet says nothing of what goes well.
type quiet struct{}

func (quiet) Infof(string, ...interface{})  {}
func (quiet) Errorf(string, ...interface{}) {}
func (quiet) Fatalf(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

type writer struct {
	s       settings
	db      *pebble.DB
	rounds  *os.File
	entries map[string][32]byte
	sum     [32]byte
	at      int
	random  *rand.Rand
}

func newWriter(s settings, db *pebble.DB) (*writer, error) {
	rounds, err := os.OpenFile(strings.TrimRight(s.to, "/")+".rounds", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	w := &writer{s: s, db: db, rounds: rounds, entries: map[string][32]byte{}}
	entries, err := db.NewIter(nil)
	if err != nil {
		return nil, err
	}
	for entries.First(); entries.Valid(); entries.Next() {
		w.account(string(entries.Key()), entries.Value(), false)
		if string(entries.Key()) == "round" {
			if w.at, err = strconv.Atoi(string(entries.Value())); err != nil {
				return nil, err
			}
		}
	}
	w.random = rand.New(rand.NewSource(int64(w.at)))
	return w, entries.Close()
}

func (w *writer) round() error {
	w.at++
	batch := w.db.NewBatch()
	set := func(key string, value []byte) error {
		w.account(key, value, false)
		return batch.Set([]byte(key), value, nil)
	}
	for written := 0; written < w.s.fill; {
		key := fmt.Sprintf("key/%05d", w.random.Intn(3000))
		switch w.random.Intn(8) {
		case 0:
			w.account(key, nil, true)
			if err := batch.Delete([]byte(key), nil); err != nil {
				return err
			}
		default:
			length := w.random.Intn(400)
			// Now and then a value that the log splits over several blocks.
			if w.random.Intn(60) == 0 {
				length = 32<<10 + w.random.Intn(64<<10)
			}
			written += length
			if err := set(key, madeUp(w.random, length)); err != nil {
				return err
			}
		}
	}
	// Written once and deleted once, as a single deletion demands.
	once := fmt.Sprintf("once/%06d", w.at)
	if err := set(once, []byte(once)); err != nil {
		return err
	}
	if before := fmt.Sprintf("once/%06d", w.at-20); w.at > 20 {
		w.account(before, nil, true)
		if err := batch.SingleDelete([]byte(before), nil); err != nil {
			return err
		}
	}
	if err := batch.LogData([]byte("a note that is no entry"), nil); err != nil {
		return err
	}
	if err := set("round", []byte(strconv.Itoa(w.at))); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w.rounds, "%d %s\n", w.at, hex.EncodeToString(w.sum[:])); err != nil {
		return err
	}
	if w.s.crashAt == w.at {
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return batch.Commit(pebble.Sync)
}

func writeOdd(db *pebble.DB, odd string) error {
	var err error
	switch odd {
	case "":
		return nil
	case "merge":
		err = db.Merge([]byte("key/00001"), []byte("more"), nil)
	case "range-deletion":
		err = db.DeleteRange([]byte("key/00001"), []byte("key/00002"), nil)
	default:
		return fmt.Errorf("expected --odd merge or range-deletion, found %s", odd)
	}
	if err != nil {
		return err
	}
	return db.Flush()
}

func (w *writer) account(key string, value []byte, deleted bool) {
	if before, known := w.entries[key]; known {
		w.toggle(before)
		delete(w.entries, key)
	}
	if deleted {
		return
	}
	length := make([]byte, 4)
	binary.BigEndian.PutUint32(length, uint32(len(key)))
	sum := sha256.New()
	sum.Write(length)
	sum.Write([]byte(key))
	sum.Write(value)
	var digest [32]byte
	copy(digest[:], sum.Sum(nil))
	w.entries[key] = digest
	w.toggle(digest)
}

func (w *writer) toggle(digest [32]byte) {
	for index := range digest {
		w.sum[index] ^= digest[index]
	}
}

// madeUp is half compressible.
func madeUp(random *rand.Rand, length int) []byte {
	value := make([]byte, length)
	random.Read(value[:length/2])
	return value
}

package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// database is a LevelDB directory whose states are told before they are written.
type database struct {
	name     string
	db       *leveldb.DB
	states   io.Writer
	sequence uint64
	entries  map[string][32]byte
	sum      [32]byte
	written  int64
}

func openDatabase(s settings, name string, states *os.File) (*database, error) {
	d := &database{name: name, states: states, entries: map[string][32]byte{}}
	if err := d.tellRecovered(states); err != nil {
		return nil, err
	}
	db, err := leveldb.OpenFile(filepath.Join(s.to, name), &opt.Options{
		WriteBuffer:         s.writeBuffer,
		CompactionTableSize: s.tableSize,
		CompactionTotalSize: 8 * s.tableSize,
	})
	if err != nil {
		return nil, err
	}
	d.db = db
	if d.sequence, err = sequenceOf(db); err != nil {
		return nil, err
	}
	entries := db.NewIterator(nil, nil)
	defer entries.Release()
	for entries.Next() {
		d.account(entries.Key(), entries.Value(), false)
	}
	if err := entries.Error(); err != nil {
		return nil, err
	}
	return d, d.tell(d.sequence)
}

// tellRecovered tells the states that opening may lead to. The last write may not have reached the log; and goleveldb goes on
// one sequence too high after it has replayed a log (db.go, recoverJournal).
func (d *database) tellRecovered(states *os.File) error {
	file, err := os.Open(states.Name())
	if err != nil {
		return err
	}
	defer file.Close()
	var last []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), d.name+" ") {
			last = append(last, lines.Text())
			last = last[max(0, len(last)-4):]
		}
	}
	for _, line := range last {
		fields := strings.Fields(line)
		sequence, err := strconv.ParseUint(fields[1], 10, 64)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(states, "%s %d %s\n", d.name, sequence+1, fields[2]); err != nil {
			return err
		}
	}
	return lines.Err()
}

// sequenceOf takes it from the words of a snapshot: goleveldb tells it nowhere else.
func sequenceOf(db *leveldb.DB) (uint64, error) {
	snapshot, err := db.GetSnapshot()
	if err != nil {
		return 0, err
	}
	defer snapshot.Release()
	words := snapshot.String()
	return strconv.ParseUint(strings.Trim(words, "leveldb.Snapshot{}"), 10, 64)
}

func (d *database) get(key string) ([]byte, error) { return d.db.Get([]byte(key), nil) }

func (d *database) put(key string, value []byte, sync bool) error {
	batch := new(leveldb.Batch)
	batch.Put([]byte(key), value)
	return d.write(batch, sync)
}

func (d *database) write(batch *leveldb.Batch, sync bool) error {
	if err := batch.Replay(accountant{d}); err != nil {
		return err
	}
	next := d.sequence + uint64(batch.Len())
	if err := d.tell(next); err != nil {
		return err
	}
	if err := d.db.Write(batch, &opt.WriteOptions{Sync: sync}); err != nil {
		return err
	}
	found, err := sequenceOf(d.db)
	if err != nil {
		return err
	}
	if found != next {
		return fmt.Errorf("write %s: expected sequence %d, found %d", d.name, next, found)
	}
	d.sequence = next
	return nil
}

func (d *database) tell(sequence uint64) error {
	_, err := fmt.Fprintf(d.states, "%s %d %s\n", d.name, sequence, d.digest())
	return err
}

func (d *database) digest() string { return hex.EncodeToString(d.sum[:]) }

func (d *database) close() error { return d.db.Close() }

type accountant struct{ *database }

func (a accountant) Put(key, value []byte) {
	a.account(key, value, false)
	a.written += int64(len(key) + len(value))
}
func (a accountant) Delete(key []byte) { a.account(key, nil, true) }

func (d *database) account(key, value []byte, deleted bool) {
	if before, known := d.entries[string(key)]; known {
		d.toggle(before)
		delete(d.entries, string(key))
	}
	if deleted {
		return
	}
	hash := sha256.New()
	var length [4]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(key)))
	hash.Write(length[:])
	hash.Write(key)
	hash.Write(value)
	var entry [32]byte
	hash.Sum(entry[:0])
	d.toggle(entry)
	d.entries[string(key)] = entry
}

func (d *database) toggle(entry [32]byte) {
	for index := range d.sum {
		d.sum[index] ^= entry[index]
	}
}

const fillerKeys = 300

// fill overwrites and deletes keys that nothing else uses, in one batch, so that tables have something to be compacted for.
func (d *database) fill(random *rand.Rand, bytes int) error {
	if bytes == 0 {
		return nil
	}
	batch := new(leveldb.Batch)
	for left := bytes; left > 0; {
		key := []byte(fmt.Sprintf("filler:%03d", random.Intn(fillerKeys)))
		if random.Intn(5) == 0 {
			batch.Delete(key)
			left -= len(key)
			continue
		}
		value := madeUp(random, 1+random.Intn(2000))
		batch.Put(key, value)
		left -= len(value)
	}
	return d.write(batch, false)
}

// madeUp gives half compressible bytes.
func madeUp(random *rand.Rand, length int) []byte {
	value := make([]byte, length)
	random.Read(value[:length/2])
	return value
}

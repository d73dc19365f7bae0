package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/syndtr/goleveldb/leveldb"
)

// replay writes the blocks of a recorded chain again: block store, then state.
type replay struct {
	s             settings
	store, state  *database
	blocks, facts recorded
	random        *rand.Rand
	at            int
}

// recorded is what a database of the recording holds.
type recorded map[string][]byte

func openReplay(s settings, states *os.File) (chain, error) {
	c := &replay{s: s, random: rand.New(rand.NewSource(s.seed))}
	var err error
	if c.blocks, err = readRecorded(filepath.Join(s.from, "blockstore.db")); err != nil {
		return nil, err
	}
	if c.facts, err = readRecorded(filepath.Join(s.from, "state.db")); err != nil {
		return nil, err
	}
	if c.store, err = openDatabase(s, "blockstore.db", states); err != nil {
		return nil, err
	}
	if c.state, err = openDatabase(s, "state.db", states); err != nil {
		return nil, err
	}
	if value, err := c.store.get("blockStore"); err == nil {
		if c.at, err = heightOf(value); err != nil {
			return nil, err
		}
		// A node that was killed between the two runs the last block again.
		return c, c.saveState(c.at)
	}
	return c, c.begin()
}

// readRecorded reads a copy: opening a database changes it.
func readRecorded(path string) (recorded, error) {
	copied, err := os.MkdirTemp("", "baleen-writer-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(copied)
	if err := copyFolder(path, copied); err != nil {
		return nil, err
	}
	db, err := leveldb.OpenFile(copied, nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	entries := db.NewIterator(nil, nil)
	defer entries.Release()
	found := recorded{}
	for entries.Next() {
		found[string(entries.Key())] = append([]byte(nil), entries.Value()...)
	}
	return found, entries.Error()
}

func copyFolder(from, to string) error {
	names, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, name := range names {
		bytes, err := os.ReadFile(filepath.Join(from, name.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name.Name()), bytes, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// begin writes what a node's first start does (tm state/store.go, Save of the genesis state).
func (c *replay) begin() error {
	for _, key := range []string{"genesisDoc", "validatorsKey:1", "validatorsKey:2", "consensusParamsKey:1"} {
		if err := c.copyFact(key, c.s.sync && key == "genesisDoc"); err != nil {
			return err
		}
	}
	return c.putState(0)
}

func (c *replay) next(die func()) (bool, error) {
	height := c.at + 1
	if _, there := c.blocks[fmt.Sprintf("H:%d", height)]; !there {
		return false, nil
	}
	middle, between := die, func() {}
	if height%2 == 1 {
		middle, between = between, die
	}
	if err := c.saveBlock(height, middle); err != nil {
		return false, err
	}
	between()
	return true, c.saveState(height)
}

// saveBlock is BlockStore.SaveBlock of tm store/store.go@v0.34.14; 0.33 has the meta before the parts.
func (c *replay) saveBlock(height int, die func()) error {
	for index := 0; ; index++ {
		part, there := c.blocks[fmt.Sprintf("P:%d:%d", height, index)]
		if !there {
			break
		}
		if err := c.store.put(fmt.Sprintf("P:%d:%d", height, index), part, false); err != nil {
			return err
		}
	}
	die()
	keys := []string{fmt.Sprintf("H:%d", height), fmt.Sprintf("C:%d", height-1), fmt.Sprintf("SC:%d", height)}
	for key, value := range c.blocks {
		if len(key) > 3 && key[:3] == "BH:" && string(value) == strconv.Itoa(height) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if value, there := c.blocks[key]; there {
			if err := c.store.put(key, value, false); err != nil {
				return err
			}
		}
	}
	if err := c.store.fill(c.random, c.s.fillerBytes); err != nil {
		return err
	}
	if err := c.store.put("blockStore", c.storeState(height), c.s.sync); err != nil {
		return err
	}
	c.at = height
	return nil
}

// saveState is what ApplyBlock writes: SaveABCIResponses, then Save (tm state/store.go@v0.34.14).
func (c *replay) saveState(height int) error {
	for _, key := range []string{
		fmt.Sprintf("abciResponsesKey:%d", height),
		fmt.Sprintf("validatorsKey:%d", height+2),
		fmt.Sprintf("consensusParamsKey:%d", height+1),
	} {
		if err := c.copyFact(key, false); err != nil {
			return err
		}
	}
	if err := c.state.fill(c.random, c.s.fillerBytes); err != nil {
		return err
	}
	return c.putState(height)
}

func (c *replay) copyFact(key string, sync bool) error {
	value, there := c.facts[key]
	if !there {
		return nil
	}
	return c.state.put(key, value, sync)
}

// putState writes the recording's last state with another height: what else is in it is not read by an indexer.
func (c *replay) putState(height int) error {
	value, err := withHeight(c.facts["stateKey"], uint64(height))
	if err != nil {
		return err
	}
	return c.state.put("stateKey", value, c.s.sync)
}

// storeState is the value of the key blockStore in the form that the recording has.
func (c *replay) storeState(height int) []byte {
	if c.blocks["blockStore"][0] == '{' {
		return []byte(fmt.Sprintf(`{"base":"1","height":"%d"}`, height))
	}
	return binary.AppendUvarint([]byte{0x08, 1, 0x10}, uint64(height))
}

var heightInJSON = regexp.MustCompile(`"height":"(\d+)"`)

func heightOf(storeState []byte) (int, error) {
	if found := heightInJSON.FindSubmatch(storeState); found != nil {
		return strconv.Atoi(string(found[1]))
	}
	for at := 0; at < len(storeState); {
		value, size := binary.Uvarint(storeState[at+1:])
		if size > 0 && storeState[at] == 0x10 {
			return int(value), nil
		}
		at += 1 + max(size, 1)
	}
	return 0, errors.New("the key blockStore holds no height")
}

// withHeight replaces field 3 of a protobuf message, State.last_block_height.
func withHeight(state []byte, height uint64) ([]byte, error) {
	var changed []byte
	for at := 0; at < len(state); {
		start := at
		key, size := binary.Uvarint(state[at:])
		at += size
		value, size := binary.Uvarint(state[at:])
		at += size
		if size <= 0 || key&7 != 0 && key&7 != 2 {
			return nil, fmt.Errorf("the key stateKey: expected varints and bytes, found key %d at %d", key, start)
		}
		if key&7 == 2 {
			at += int(value)
		}
		if key != 0x18 {
			changed = append(changed, state[start:at]...)
		}
		if key == 0x12 && height > 0 {
			changed = binary.AppendUvarint(append(changed, 0x18), height)
		}
	}
	return changed, nil
}

func (c *replay) height() int    { return c.at }
func (c *replay) bytes() int64   { return c.store.written + c.state.written }
func (c *replay) digest() string { return c.store.digest() }

func (c *replay) close() error {
	return errors.Join(c.store.close(), c.state.close())
}

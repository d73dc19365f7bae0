package main

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"

	"github.com/syndtr/goleveldb/leveldb"
)

// soak writes blocks that mean nothing, under a node's keys and in a node's order.
type soak struct {
	s      settings
	store  *database
	random *rand.Rand
	at     int
}

func openSoak(s settings, states *os.File) (chain, error) {
	store, err := openDatabase(s, "blockstore.db", states)
	if err != nil {
		return nil, err
	}
	c := &soak{s: s, store: store}
	value, err := store.get("blockStore")
	if err == nil {
		c.at, err = strconv.Atoi(string(value))
	} else if err == leveldb.ErrNotFound {
		err = nil
	}
	c.random = rand.New(rand.NewSource(s.seed + int64(c.at)))
	return c, err
}

func (c *soak) next(die func()) (bool, error) {
	height := c.at + 1
	parts := 1 + c.random.Intn(3)
	for index := 0; index < parts; index++ {
		length := 200 + c.random.Intn(3000)
		// Now and then a part that the log splits over several writes, or that is too large for it and becomes a table at once.
		if c.random.Intn(20) == 0 {
			length = 65536 + c.random.Intn(250000)
		}
		if err := c.store.put(fmt.Sprintf("P:%d:%d", height, index), madeUp(c.random, length), false); err != nil {
			return false, err
		}
	}
	if err := c.store.put(fmt.Sprintf("H:%d", height), madeUp(c.random, 500), false); err != nil {
		return false, err
	}
	die()
	if err := c.store.fill(c.random, c.s.fillerBytes); err != nil {
		return false, err
	}
	for _, key := range []string{fmt.Sprintf("C:%d", height-1), fmt.Sprintf("SC:%d", height)} {
		if err := c.store.put(key, madeUp(c.random, 300), false); err != nil {
			return false, err
		}
	}
	if err := c.store.put("blockStore", []byte(strconv.Itoa(height)), c.s.sync); err != nil {
		return false, err
	}
	c.at = height
	if c.s.keep > 0 && height > c.s.keep {
		return true, c.prune(height - c.s.keep)
	}
	return true, nil
}

func (c *soak) prune(height int) error {
	batch := new(leveldb.Batch)
	for _, key := range []string{"P:%d:0", "P:%d:1", "P:%d:2", "H:%d", "C:%d", "SC:%d"} {
		batch.Delete([]byte(fmt.Sprintf(key, height)))
	}
	return c.store.write(batch, false)
}

func (c *soak) height() int    { return c.at }
func (c *soak) bytes() int64   { return c.store.written }
func (c *soak) digest() string { return c.store.digest() }
func (c *soak) close() error   { return c.store.close() }

// Writes LevelDB directories as a Tendermint node does, with the very library and commit that Tendermint 0.34 uses, so that
// a reader of a live directory can be tried without a node.
//
// Two modes. With --from the blocks of a recorded chain are written again in time, key by key in a node's order. Without it
// the blocks are made up: keys and values that mean nothing, for long runs.
//
// Buffers and tables are small by default, and filler keys are overwritten and deleted all the time, so that the directory is
// compacted all the time.
//
// Beside the directory, never in it, stand two files:
//
//	PREFIX.states   database sequence digest      before each write: the state that it will lead to
//	PREFIX.blocks   height unix-nanos digest      after each block's last write was acknowledged; the digest is the block store's
//
// A digest is the xor of sha256(key length (4, big endian) . key . value) over all entries: whatever state a reader sees, it
// can compute the digest of all entries and find it under the sequence it has.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

type settings struct {
	from, to, journal                   string
	rate                                float64
	blocks, keep, crashAt               int
	seed                                int64
	restart, sync                       bool
	writeBuffer, tableSize, fillerBytes int
}

func main() {
	var s settings
	flag.StringVar(&s.from, "from", "", "folder with blockstore.db and state.db to write again; it is copied, never opened")
	flag.StringVar(&s.to, "to", "", "folder to write into")
	flag.StringVar(&s.journal, "journal", "", "prefix of the two files beside; default: --to")
	flag.Float64Var(&s.rate, "rate", 4, "blocks a second; 0: as fast as it can")
	flag.IntVar(&s.blocks, "blocks", 0, "how many blocks to write in this run; 0: all there are, of made-up ones no end")
	flag.IntVar(&s.keep, "keep", 0, "how many made-up blocks to keep, older ones are deleted as a pruning node does; 0: all")
	flag.IntVar(&s.crashAt, "crash-at", 0, "height in whose middle (odd ones of a recording: between its block and its state) this process kills itself with SIGKILL")
	flag.Int64Var(&s.seed, "seed", 1, "of what is made up")
	flag.BoolVar(&s.restart, "restart", false, "go on in a folder that an earlier run wrote")
	flag.BoolVar(&s.sync, "sync", true, "sync each block to the disk, as a node does")
	flag.IntVar(&s.writeBuffer, "write-buffer", 256<<10, "bytes of a log and memory table; a node has 4 MiB")
	flag.IntVar(&s.tableSize, "table-size", 32<<10, "bytes of a table; a node has 2 MiB")
	flag.IntVar(&s.fillerBytes, "filler", 16<<10, "bytes of filler a block, about; 0: none")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "writer:", err)
		os.Exit(1)
	}
}

func run(s settings) error {
	if s.to == "" || flag.NArg() > 0 {
		return fmt.Errorf("expected --to FOLDER and no other words; --help lists the options")
	}
	if s.journal == "" {
		s.journal = strings.TrimRight(s.to, "/")
	}
	if _, err := os.Stat(filepath.Join(s.to, "blockstore.db")); err == nil && !s.restart {
		return fmt.Errorf("%s holds a blockstore.db already; give --restart or another folder", s.to)
	}
	chain, err := openChain(s)
	if err != nil {
		return err
	}
	started := time.Now()
	first := chain.height()
	if err := writeBlocks(s, chain); err != nil {
		return err
	}
	took := time.Since(started).Seconds()
	count := chain.height() - first
	fmt.Printf("%d blocks in %.2f s, %.1f blocks/s, %.2f MB/s\n",
		count, took, float64(count)/took, float64(chain.bytes())/took/1e6)
	return chain.close()
}

// chain writes one block after the other.
type chain interface {
	height() int
	// next writes the block after height and calls die in its middle; false: there is none.
	next(die func()) (bool, error)
	// bytes written so far, keys and values.
	bytes() int64
	// digest of the block store.
	digest() string
	close() error
}

func openChain(s settings) (chain, error) {
	states, err := os.OpenFile(s.journal+".states", os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	if s.from == "" {
		return openSoak(s, states)
	}
	return openReplay(s, states)
}

func writeBlocks(s settings, c chain) error {
	blocks, err := os.OpenFile(s.journal+".blocks", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer blocks.Close()
	started := time.Now()
	for count := 1; s.blocks == 0 || count <= s.blocks; count++ {
		if s.rate > 0 {
			due := started.Add(time.Duration(float64(count) / s.rate * float64(time.Second)))
			time.Sleep(time.Until(due))
		}
		die := func() {}
		if c.height()+1 == s.crashAt {
			die = func() { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }
		}
		more, err := c.next(die)
		if err != nil || !more {
			return err
		}
		if _, err := fmt.Fprintf(blocks, "%d %d %s\n", c.height(), time.Now().UnixNano(), c.digest()); err != nil {
			return err
		}
	}
	return nil
}

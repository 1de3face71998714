// Reads a log directory with golang.org/x/mod's own code and says whether it is what its checkpoint signs:
//
//	tlogcheck DIRECTORY PROOFS
//
// The checkpoint is opened by the verifier key beside it, the tree is computed anew from the entries and compared with
// the signed root and with every hash tile, and the proofs that the product made are checked against it. Hashes are
// never read through tiles here: x/mod before 0.40.0 does not compare a tile with its parents (CVE-2026-56865).
//
// Where a file `submitter` lies beside the log it is the export ledger: each entry then has to be the Sigsum leaf of its
// record, signed by that key (sigsum.org/v1).
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const perTile = 256

type proofs struct {
	Inclusion []struct {
		Index  int64
		Size   int64
		Hashes [][]byte
	}
	Consistency []struct {
		From   int64
		To     int64
		Hashes [][]byte
	}
}

type report struct {
	Origin      string `json:"origin"`
	Size        int64  `json:"size"`
	Tiles       int    `json:"tiles"`
	Inclusion   int    `json:"inclusion"`
	Consistency int    `json:"consistency"`
	Records     int    `json:"records"`
}

func main() {
	found, err := check(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(found)
}

func check(directory, proofFile string) (*report, error) {
	origin, tree, err := openCheckpoint(directory)
	if err != nil {
		return nil, err
	}
	entries, err := readEntries(directory, tree.N)
	if err != nil {
		return nil, err
	}
	hashes := storedHashes{}
	for at, entry := range entries {
		added, err := tlog.StoredHashes(int64(at), entry, hashes)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, added...)
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil || root != tree.Hash {
		return nil, fmt.Errorf("the entries give the root %v, the checkpoint signs %v (%v)", root, tree.Hash, err)
	}
	found := &report{Origin: origin, Size: tree.N}
	if found.Tiles, err = compareTiles(directory, tree.N, hashes); err != nil {
		return nil, err
	}
	if found.Records, err = checkRecords(directory, entries); err != nil {
		return nil, err
	}
	return found, checkProofs(proofFile, entries, hashes, found)
}

func checkRecords(directory string, entries [][]byte) (int, error) {
	line, err := os.ReadFile(filepath.Join(directory, "submitter"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(line)))
	if err != nil || len(key) != ed25519.PublicKeySize {
		return 0, errors.New("the submitter is no key")
	}
	keyHash := sha256.Sum256(key)
	for at, leaf := range entries {
		record, err := os.ReadFile(filepath.Join(directory, "records", fmt.Sprintf("%d.json", at)))
		if err != nil {
			return 0, err
		}
		message := sha256.Sum256(record)
		checksum := sha256.Sum256(message[:])
		signed := append([]byte("sigsum.org/v1/tree-leaf\x00"), checksum[:]...)
		if len(leaf) != 128 || !bytes.Equal(leaf[:32], checksum[:]) || !bytes.Equal(leaf[96:], keyHash[:]) ||
			!ed25519.Verify(key, signed, leaf[32:96]) {
			return 0, fmt.Errorf("entry %d is not the leaf of its record", at)
		}
	}
	return len(entries), nil
}

func openCheckpoint(directory string) (string, tlog.Tree, error) {
	var none tlog.Tree
	key, err := os.ReadFile(filepath.Join(directory, "verifier"))
	if err != nil {
		return "", none, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		return "", none, err
	}
	signed, err := os.ReadFile(filepath.Join(directory, "checkpoint"))
	if err != nil {
		return "", none, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return "", none, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return "", none, fmt.Errorf("no checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return "", none, err
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return "", none, errors.New("the root is no hash")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return lines[0], tree, nil
}

// storedHashes holds every hash of the tree in the order of tlog.StoredHashIndex.
type storedHashes []tlog.Hash

func (hashes storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(hashes)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		found[at] = hashes[index]
	}
	return found, nil
}

// path names a tile of c2sp.org/tlog-tiles; level is "entries" or a number.
func path(directory, level string, n, width int64) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < perTile {
		name = fmt.Sprintf("%s.p/%d", name, width)
	}
	return filepath.Join(directory, "tile", level, name)
}

func widthOf(n, total int64) int64 {
	if left := total - n*perTile; left < perTile {
		return left
	}
	return perTile
}

func readEntries(directory string, size int64) ([][]byte, error) {
	var entries [][]byte
	for n := int64(0); n*perTile < size; n++ {
		bundle, err := os.ReadFile(path(directory, "entries", n, widthOf(n, size)))
		if err != nil {
			return nil, err
		}
		for len(bundle) > 0 {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("bundle %d ends in the middle of an entry", n)
			}
			length := 2 + int(binary.BigEndian.Uint16(bundle))
			entries = append(entries, bundle[2:length])
			bundle = bundle[length:]
		}
	}
	if int64(len(entries)) != size {
		return nil, fmt.Errorf("%d entries stand there, %d are signed", len(entries), size)
	}
	return entries, nil
}

func compareTiles(directory string, size int64, hashes storedHashes) (int, error) {
	tiles := 0
	for level, total := 0, size; total > 0; level, total = level+1, total/perTile {
		for n := int64(0); n*perTile < total; n++ {
			width := widthOf(n, total)
			stored, err := os.ReadFile(path(directory, strconv.Itoa(level), n, width))
			if err != nil {
				return 0, err
			}
			var computed bytes.Buffer
			for at := int64(0); at < width; at++ {
				computed.Write(hashes[tlog.StoredHashIndex(8*level, n*perTile+at)][:])
			}
			if !bytes.Equal(stored, computed.Bytes()) {
				return 0, fmt.Errorf("tile %d of level %d is not what the entries give", n, level)
			}
			tiles++
		}
	}
	return tiles, nil
}

func checkProofs(file string, entries [][]byte, hashes storedHashes, found *report) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var given proofs
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	for _, proof := range given.Inclusion {
		root, err := tlog.TreeHash(proof.Size, hashes)
		if err != nil {
			return err
		}
		leaf := tlog.RecordHash(entries[proof.Index])
		if err := tlog.CheckRecord(asHashes(proof.Hashes), proof.Size, root, proof.Index, leaf); err != nil {
			return fmt.Errorf("entry %d in %d: %w", proof.Index, proof.Size, err)
		}
		found.Inclusion++
	}
	for _, proof := range given.Consistency {
		from, err := tlog.TreeHash(proof.From, hashes)
		if err != nil {
			return err
		}
		to, err := tlog.TreeHash(proof.To, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(asHashes(proof.Hashes), proof.To, to, proof.From, from); err != nil {
			return fmt.Errorf("%d in %d: %w", proof.From, proof.To, err)
		}
		found.Consistency++
	}
	return nil
}

func asHashes(given [][]byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(given))
	for at, bytes := range given {
		copy(hashes[at][:], bytes)
	}
	return hashes
}

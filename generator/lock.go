package generator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// lockFile is the name of the file that holds a Lock.
const lockFile = "msgen.lock"

// lockHeader opens the lock file; its second line is the version of the format.
const lockHeader = `# What msgen wrote, so that it can tell its own text from an edit. Keep this file in version control.
msgen.lock 1
`

// Lock remembers the files that msgen wrote into a service: their owner and the hash of the text as it was written.
type Lock map[string]LockEntry

// LockEntry is what a Lock remembers of one file.
type LockEntry struct {
	Owner Owner
	Hash  string

	others []string // more hashes: two branches that were merged wrote the file
}

// ParseLock reads a lock file. After a merge of two branches it may hold the entries of both, and git's markers between
// them.
func ParseLock(data []byte) (Lock, error) {
	lock := Lock{}
	if len(data) == 0 {
		return lock, nil
	}
	seenVersion := false
	for i, line := range strings.Split(string(unix(data)), "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#") || mergeMarker(line):
		case !seenVersion:
			if line != "msgen.lock 1" {
				return nil, fmt.Errorf("%s:%d: unknown format %q; use the msgen that wrote it, or restore the file from version control", lockFile, i+1, line)
			}
			seenVersion = true
		default:
			fields := strings.SplitN(line, " ", 3)
			if len(fields) != 3 || !filepath.IsLocal(filepath.FromSlash(fields[2])) ||
				fields[0] != string(Generated) && fields[0] != string(Seeded) {
				return nil, fmt.Errorf("%s:%d: not an entry of a lock file; restore the file from version control", lockFile, i+1)
			}
			lock.add(fields[2], LockEntry{Owner: Owner(fields[0]), Hash: fields[1]})
		}
	}
	return lock, nil
}

// mergeMarker tells whether git put the line between the texts of two branches.
func mergeMarker(line string) bool {
	for _, marker := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if line == marker || strings.HasPrefix(line, marker+" ") {
			return true
		}
	}
	return false
}

// add adds an entry to those of the path.
func (l Lock) add(path string, entry LockEntry) {
	if known, ok := l[path]; ok {
		if entry.Hash != known.Hash {
			known.others = append(known.others, entry.Hash)
		}
		entry = known
	}
	l[path] = entry
}

// settle chooses, for files that two branches wrote, the hash of the text that is there: of the seed that is kept, or of
// the file.
func (l Lock) settle(root *os.Root) {
	for name, entry := range l {
		if len(entry.others) == 0 {
			continue
		}
		for _, at := range []string{path.Join(baseDir, name), name} {
			text, err := readRegular(root, at)
			if err == nil && slices.Contains(append(entry.others, entry.Hash), hash(text)) {
				entry.others, entry.Hash = append(entry.others, entry.Hash), hash(text)
				break
			}
		}
		l[name] = entry
	}
}

// Bytes renders the lock file, sorted by path.
func (l Lock) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString(lockHeader)
	for _, name := range slices.Sorted(maps.Keys(l)) {
		fmt.Fprintf(&b, "%s %s %s\n", l[name].Owner, l[name].Hash, name)
	}
	return b.Bytes()
}

// hash identifies a text; line ends don't count, because version control may change them.
func hash(text []byte) string {
	sum := sha256.Sum256(unix(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// unix is text with the line ends of Unix.
func unix(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

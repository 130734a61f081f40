package generator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
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
}

// ParseLock reads a lock file.
func ParseLock(data []byte) (Lock, error) {
	lock := Lock{}
	if len(data) == 0 {
		return lock, nil
	}
	seenVersion := false
	for i, line := range strings.Split(string(unix(data)), "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
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
			lock[fields[2]] = LockEntry{Owner: Owner(fields[0]), Hash: fields[1]}
		}
	}
	return lock, nil
}

// Bytes renders the lock file, sorted by path.
func (l Lock) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString(lockHeader)
	for _, path := range slices.Sorted(maps.Keys(l)) {
		fmt.Fprintf(&b, "%s %s %s\n", l[path].Owner, l[path].Hash, path)
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

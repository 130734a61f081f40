package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// DevIssuer is the `iss` of the development issuer's tokens.
const DevIssuer = "urn:msgen:development"

const devAlgorithm = "EdDSA"

// DevKey is the key of the development issuer. It lives in a file that only its user can read, so that the token command and
// every service of that user on the machine share it.
type DevKey struct {
	private ed25519.PrivateKey
	id      string
	file    string
}

// OpenDevKey reads the key from a file, and makes it first if there is none. Without a name the file is in the user's cache
// folder, or else in a folder of the user's own among the temporary files.
func OpenDevKey(file string) (*DevKey, error) {
	if file != "" {
		return openDevKey(file)
	}
	var faults []error
	for _, dir := range devFolders() {
		k, err := openDevKey(filepath.Join(dir, "development-issuer.key"))
		if err == nil {
			return k, nil
		}
		faults = append(faults, err)
	}
	return nil, fmt.Errorf("no place for the key of the development issuer: set AUTH_DEV_KEY_FILE to a file that the service can "+
		"write: %w", errors.Join(faults...))
}

func devFolders() []string {
	temporary := filepath.Join(os.TempDir(), "msgen-"+strconv.Itoa(os.Getuid()))
	if cache, err := os.UserCacheDir(); err == nil {
		return []string{filepath.Join(cache, "msgen"), temporary}
	}
	return []string{temporary}
}

func openDevKey(file string) (*DevKey, error) {
	seed, err := readSeed(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createSeed(file); err != nil {
			return nil, err
		}
		seed, err = readSeed(file)
	}
	if err != nil {
		return nil, err
	}
	k := &DevKey{private: ed25519.NewKeyFromSeed(seed), file: file}
	sum := sha256.Sum256(k.private.Public().(ed25519.PublicKey))
	k.id = "dev-" + base64.RawURLEncoding.EncodeToString(sum[:9])
	return k, nil
}

// readSeed reads a key file that nobody but its owner, who is the user of this process, can touch.
func readSeed(file string) ([]byte, error) {
	if info, err := os.Lstat(file); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: the key of the development issuer must be a regular file: remove it", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat() // of what was opened, whatever the name points to by now
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || !owned(info) || exposed(info) {
		return nil, fmt.Errorf("%s: the key must be a file that only you can read and write: remove it, or chmod 600 it", file)
	}
	content := make([]byte, 128)
	n, err := io.ReadFull(f, content)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	seed, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(string(content[:n])))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s: not a key of the development issuer: remove it, and a new one is made", file)
	}
	return seed, nil
}

// createSeed writes a new key beside the file and links it into place: of two processes that do so at once, one wins and both
// use its key.
func createSeed(file string) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".development-issuer-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed)
	_, err = f.WriteString(base64.RawURLEncoding.EncodeToString(seed) + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	switch err := os.Link(f.Name(), file); {
	case err == nil, errors.Is(err, fs.ErrExist):
		return nil
	}
	return os.Rename(f.Name(), file) // a file system without links
}

// File returns where the key is kept.
func (k *DevKey) File() string { return k.file }

// Sign returns a token with the claims.
func (k *DevKey) Sign(claims map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	options := (&jose.SignerOptions{}).WithType("at+jwt").WithHeader("kid", k.id)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: devAlgorithm, Key: k.private}, options)
	if err != nil {
		return "", err
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return jws.CompactSerialize()
}

// keySet returns the public key as a JWK set.
func (k *DevKey) keySet() []byte {
	public := base64.RawURLEncoding.EncodeToString(k.private.Public().(ed25519.PublicKey))
	return []byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"` + k.id + `","x":"` + public + `"}]}`)
}

// developmentKey accepts a development token as an API key, so that a service without keys can be tried.
func (t *tokens) developmentKey(ctx context.Context, _ Scheme, presented string) (*Principal, error) {
	if len(presented) > 7 && equalFold(presented[:7], "bearer ") {
		presented = presented[7:]
	}
	keys := t.keys.current.Load()
	if keys == nil {
		return nil, errNotLoaded
	}
	v := t.token(ctx, presented, keys)
	switch v.state {
	case granted:
		return v.principal, nil
	case unavailable:
		return nil, v.cause
	}
	return nil, fault(v.reason)
}

// developmentPassword accepts a development token as the password of its subject.
func (t *tokens) developmentPassword(ctx context.Context, s Scheme, user, password string) (*Principal, error) {
	p, err := t.developmentKey(ctx, s, password)
	if err == nil && p.Subject != user {
		return nil, ErrRefused
	}
	return p, err
}

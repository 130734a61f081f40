package auth

import (
	"bufio"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// secret is a hashed API key or password.
type secret struct {
	scheme     string // only for this scheme; empty: for all
	name       string
	scopes     []string
	iterations int // of PBKDF2; 0: plain SHA-256, for random keys
	salt, hash []byte
}

const (
	minIterations     = 1_000
	maxIterations     = 5_000_000
	defaultIterations = 600_000
	minSalt           = 8
)

// HashPassword returns the form in which AUTH_BASIC_USERS holds a password: PBKDF2 with SHA-256, 600,000 rounds and a random
// salt. Long random secrets may instead be given as the hexadecimal SHA-256 of the secret, which is cheaper to check.
func HashPassword(password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	hash, err := pbkdf2.Key(sha256.New, password, salt, defaultIterations, sha256.Size)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$pbkdf2-sha256$%d$%s$%s", defaultIterations, b64.EncodeToString(salt), b64.EncodeToString(hash)), nil
}

// matches compares in constant time.
func (s *secret) matches(presented string) bool {
	if s.iterations > 0 {
		hash, err := pbkdf2.Key(sha256.New, presented, s.salt, s.iterations, len(s.hash))
		return err == nil && subtle.ConstantTimeCompare(hash, s.hash) == 1
	}
	hash := sha256.Sum256([]byte(presented))
	return subtle.ConstantTimeCompare(hash[:], s.hash) == 1
}

// principal is who presents the secret.
func (s *secret) principal(scheme Scheme) *Principal {
	return &Principal{Scheme: scheme.Name, Kind: scheme.Kind, Subject: s.name, Scopes: s.scopes}
}

// readSecrets reads the secrets of a variable and of the file that another one names.
func readSecrets(variable, value, file string) ([]secret, error) {
	secrets, err := parseSecrets(variable, strings.ReplaceAll(value, ",", "\n"))
	if err != nil || file == "" {
		return secrets, err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s_FILE: %w", variable, err)
	}
	more, err := parseSecrets(file, string(content))
	return append(secrets, more...), err
}

// parseSecrets reads one secret from each line. Errors name the line, never what it holds.
func parseSecrets(place, content string) ([]secret, error) {
	var secrets []secret
	lines := bufio.NewScanner(strings.NewReader(content))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		s, err := parseSecret(line)
		if err != nil {
			return nil, fmt.Errorf("%s: entry %d: %w", place, n, err)
		}
		secrets = append(secrets, s)
	}
	return secrets, lines.Err()
}

// parseSecret reads [scheme/]name:hash[:scope scope…].
func parseSecret(line string) (secret, error) {
	name, rest, ok := strings.Cut(line, ":")
	if !ok || name == "" {
		return secret{}, fmt.Errorf("no name: write name:hash or name:hash:scopes")
	}
	hash, scopes, _ := strings.Cut(rest, ":")
	s := secret{name: name, scopes: splitScopes(scopes)}
	if scheme, name, ok := strings.Cut(name, "/"); ok {
		s.scheme, s.name = scheme, name
	}
	var err error
	if strings.HasPrefix(hash, "$pbkdf2-sha256$") {
		err = s.parsePBKDF2(hash)
	} else {
		s.hash, err = hex.DecodeString(hash)
	}
	if err != nil || len(s.hash) != sha256.Size {
		return secret{}, fmt.Errorf("%q has no usable hash: write the hexadecimal SHA-256 of the secret (64 digits), "+
			"or $pbkdf2-sha256$rounds$salt$hash", s.name)
	}
	return s, nil
}

func (s *secret) parsePBKDF2(text string) error {
	parts := strings.Split(text, "$")
	if len(parts) != 5 {
		return strconv.ErrSyntax
	}
	var err error
	if s.iterations, err = strconv.Atoi(parts[2]); err != nil || s.iterations < minIterations || s.iterations > maxIterations {
		return strconv.ErrRange
	}
	if s.salt, err = base64.RawStdEncoding.DecodeString(parts[3]); err != nil || len(s.salt) < minSalt {
		return strconv.ErrSyntax
	}
	s.hash, err = base64.RawStdEncoding.DecodeString(parts[4])
	return err
}

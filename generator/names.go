package generator

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest Go name, in bytes, that is derived from one name of a contract.
const maxName = 72

// initialisms lists the words that Go writes in one case, with their plurals.
var initialisms = map[string]string{
	"acl": "ACL", "api": "API", "apis": "APIs", "ascii": "ASCII", "cpu": "CPU", "css": "CSS", "csv": "CSV", "cvv": "CVV",
	"db": "DB", "dns": "DNS", "eof": "EOF", "gid": "GID", "gpg": "GPG", "guid": "GUID", "html": "HTML", "http": "HTTP",
	"https": "HTTPS", "iban": "IBAN", "id": "ID", "ids": "IDs", "ip": "IP", "ips": "IPs", "json": "JSON", "jwk": "JWK",
	"jwks": "JWKS", "jwt": "JWT", "mfa": "MFA", "oauth": "OAuth", "os": "OS", "pdf": "PDF", "qps": "QPS", "ram": "RAM",
	"rpc": "RPC", "sdk": "SDK", "sku": "SKU", "sla": "SLA", "smtp": "SMTP", "sms": "SMS", "sql": "SQL", "ssh": "SSH",
	"ssl": "SSL", "sso": "SSO", "tcp": "TCP", "tls": "TLS", "ttl": "TTL", "udp": "UDP", "ui": "UI", "uid": "UID",
	"uri": "URI", "uris": "URIs", "url": "URL", "urls": "URLs", "utf8": "UTF8", "uuid": "UUID", "uuids": "UUIDs",
	"vm": "VM", "vms": "VMs", "xml": "XML", "xss": "XSS", "yaml": "YAML",
}

// symbolWords names the symbols that tell names apart when there are no letters to do it.
var symbolWords = map[rune]string{
	'+': "Plus", '-': "Minus", '*': "Star", '/': "Slash", '%': "Percent", '=': "Equal", '<': "Less", '>': "Greater",
	'!': "Not", '&': "And", '|': "Or", '~': "Tilde", '^': "Caret", '#': "Hash", '$': "Dollar", '@': "At", '.': "Dot",
	',': "Comma", ':': "Colon", ';': "Semicolon", '?': "Question", '_': "Underscore", ' ': "Space", '(': "Open",
	')': "Close", '[': "Open", ']': "Close", '{': "Open", '}': "Close", '"': "Quote", '\'': "Quote", '\\': "Backslash",
	'`': "Backquote", '€': "Euro", '£': "Pound", '¥': "Yen", '°': "Degree",
}

// exportedName makes an exported Go identifier of a name of a contract: words in mixed caps, initialisms in one case.
// Different names may give the same identifier; nameScope tells them apart. It returns "" for a name without a letter,
// digit or known symbol.
func exportedName(name string) string {
	suffix := nameSuffix(name)
	first, _ := utf8.DecodeRuneInString(suffix)
	switch {
	case suffix == "" || unicode.IsUpper(first):
		return suffix
	case unicode.IsDigit(first):
		return "N" + suffix
	default: // a letter without case, such as 名
		return "X" + suffix
	}
}

// nameSuffix is exportedName for a name that follows another one, and so may start with a digit.
func nameSuffix(name string) string {
	words := nameWords(name)
	shouting := len(words) > 1 && strings.ToUpper(name) == name
	var b strings.Builder
	b.WriteString(nameSign(name))
	digit := false
	for _, word := range words {
		cased := caseWord(word, shouting || len(words) == 1)
		if first, _ := utf8.DecodeRuneInString(cased); digit && unicode.IsDigit(first) {
			b.WriteByte('_') // 1.10 and 11.0 must not both read 110
		}
		b.WriteString(cased)
		last, _ := utf8.DecodeLastRuneInString(cased)
		digit = unicode.IsDigit(last)
	}
	if b.Len() == 0 {
		for _, r := range name {
			b.WriteString(symbolWords[r])
		}
	}
	return clipName(b.String())
}

// nameSign names a sign in front of the first word, as in "+1" and "-created".
func nameSign(name string) string {
	if len(name) < 2 {
		return ""
	}
	next, _ := utf8.DecodeRuneInString(name[1:])
	if !unicode.IsLetter(next) && !unicode.IsDigit(next) {
		return ""
	}
	switch name[0] {
	case '+':
		return "Plus"
	case '-':
		return "Minus"
	case '!':
		return "Not"
	case '<':
		return "Less"
	case '>':
		return "Greater"
	}
	return ""
}

// nameWords splits a name where the case rises, before the last capital of a run ("HTTPServer": HTTP, Server), and at
// everything that is neither a letter nor a digit. Digits belong to the word that they follow.
func nameWords(name string) []string {
	var words []string
	runes := []rune(name)
	start := -1
	flush := func(end int) {
		if start >= 0 {
			words = append(words, string(runes[start:end]))
		}
		start = -1
	}
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush(i)
			continue
		}
		if start >= 0 && unicode.IsUpper(r) {
			rises := !unicode.IsUpper(runes[i-1])
			acronymEnds := !rises && i+1 < len(runes) && unicode.IsLower(runes[i+1]) && !pluralAcronym(runes[i+1:])
			if rises || acronymEnds {
				flush(i)
			}
		}
		if start < 0 {
			start = i
		}
	}
	flush(len(runes))
	return words
}

// pluralAcronym tells "IDs" from "IDSet": the rest after the last capital is a lone s.
func pluralAcronym(rest []rune) bool {
	return rest[0] == 's' && (len(rest) == 1 || !unicode.IsLower(rest[1]))
}

// caseWord writes a word as part of a Go name. A word in capitals is kept as the acronym that it seems to be, unless it
// is long and nothing around it is in small letters.
func caseWord(word string, loud bool) string {
	if known, ok := initialisms[strings.ToLower(word)]; ok {
		return known
	}
	runes := []rune(word)
	capitals := len(runes) > 1 && strings.ToUpper(word) == word
	if loud && capitals && (len(runes) > 3 || !acronymLike(word)) {
		runes = []rune(strings.ToLower(word))
	}
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// acronymLike tells "USD" and "EU" from "OF", "TO" and "NEW": short words that are no acronyms are common in values.
func acronymLike(word string) bool {
	switch word {
	case "ALL", "AND", "ANY", "AS", "ASC", "AT", "BAD", "BY", "DAY", "END", "FOR", "GET", "HAS", "IN", "IS", "LOW", "MAX",
		"MIN", "NEW", "NO", "NOT", "OF", "OFF", "OLD", "ON", "ONE", "OR", "OUT", "PUT", "SET", "TO", "TWO", "UP", "YES":
		return false
	}
	return true
}

// clipName shortens a name at a rune boundary.
func clipName(name string) string {
	if len(name) <= maxName {
		return name
	}
	end := maxName
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}

// nameScope hands out names that are unique within a Go scope. The zero value is an empty scope.
type nameScope struct {
	used map[string]bool
	next map[string]int // the least number that may be free after a name
}

// reserve takes names that something else declares.
func (s *nameScope) reserve(names ...string) {
	if s.used == nil {
		s.used = map[string]bool{}
	}
	for _, name := range names {
		s.used[name] = true
	}
}

// has tells whether name is taken.
func (s *nameScope) has(name string) bool { return s.used[name] }

// claim takes the first free one of the candidates, or else the first candidate with the least number from 2 up that
// makes it free.
func (s *nameScope) claim(candidates ...string) string {
	for _, name := range candidates {
		if name != "" && !s.used[name] {
			s.reserve(name)
			return name
		}
	}
	base := candidates[0]
	if base == "" {
		base = "X"
	}
	if last := base[len(base)-1]; last >= '0' && last <= '9' {
		base += "_"
	}
	if s.next == nil {
		s.next = map[string]int{}
	}
	for n := max(2, s.next[base]); ; n++ {
		if name := base + strconv.Itoa(n); !s.used[name] {
			s.reserve(name)
			s.next[base] = n + 1
			return name
		}
	}
}

// claimAll names a list of siblings. A name that is natural for one of them never goes to another, so that adding a
// clash renames nothing but the newcomer.
func (s *nameScope) claimAll(natural []string) []string {
	first := map[string]int{}
	for i, name := range natural {
		if _, seen := first[name]; !seen && name != "" && !s.used[name] {
			first[name] = i
		}
	}
	for name := range first {
		s.reserve(name)
	}
	names := make([]string, len(natural))
	for i, name := range natural {
		if at, ok := first[name]; ok && at == i {
			names[i] = name
			continue
		}
		names[i] = s.claim(name)
	}
	return names
}

// fileName makes the base name of a Go file, without ".go", of a Go name: words in lower case with underscores. The go
// command gives no meaning to it (_test, _linux, _amd64), and every file system can hold it.
func fileName(name string) string {
	var words []string
	for _, word := range nameWords(name) {
		word = strings.Map(func(r rune) rune {
			r = plainLetter(r)
			if r < utf8.RuneSelf {
				return unicode.ToLower(r)
			}
			return -1
		}, word)
		if word != "" {
			words = append(words, word)
		}
	}
	file := clipName(strings.Join(words, "_"))
	last := file[strings.LastIndexByte(file, '_')+1:]
	if file == "" || fileSuffixes[last] || deviceNames[file] || file[0] >= '0' && file[0] <= '9' {
		return strings.TrimPrefix(file+"_op", "_")
	}
	return file
}

// plainLetter is the letter of ASCII that a Latin letter with a mark is without it; any other stays as it is.
func plainLetter(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	for plain, marked := range map[rune]string{
		'a': "àáâãäåāăąæ", 'c': "çćĉċč", 'd': "ďđð", 'e': "èéêëēĕėęě", 'g': "ĝğġģ", 'h': "ĥħ", 'i': "ìíîïĩīĭįı", 'j': "ĵ",
		'k': "ķ", 'l': "ĺļľł", 'n': "ñńņň", 'o': "òóôõöøōŏőœ", 'r': "ŕŗř", 's': "śŝşšßș", 't': "ţťŧțþ", 'u': "ùúûüũūŭůűų",
		'w': "ŵ", 'y': "ýÿŷ", 'z': "źżž",
	} {
		if strings.ContainsRune(marked, unicode.ToLower(r)) {
			return plain
		}
	}
	return r
}

// fileSuffixes are the words that constrain a build when they end the name of a Go file: the values of GOOS and GOARCH
// that the go command knows (go/build, knownOS and knownArch), past and future ones included.
var fileSuffixes = wordSet("test aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd " +
	"plan9 solaris wasip1 windows zos 386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le " +
	"mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm")

// deviceNames can't be the name of a file on Windows, nor in a Go module.
var deviceNames = wordSet("aux con nul prn com0 com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt0 lpt1 lpt2 lpt3 lpt4 " +
	"lpt5 lpt6 lpt7 lpt8 lpt9")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

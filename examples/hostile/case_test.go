package hostile

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"gopkg.in/yaml.v3"
)

// suite is a file of cases.
type suite struct {
	Order string  `yaml:"ok_order"` // a body that is valid
	Cases []*kase `yaml:"cases"`
}

// kase is one request and the answers that are right.
type kase struct {
	ID      string            `yaml:"id"`
	Area    string            `yaml:"area"`
	Method  string            `yaml:"m"`
	Path    string            `yaml:"p"`
	Headers []string          `yaml:"h"`    // "K: V", duplicates kept; "-K" leaves out what would be sent by itself
	Token   string            `yaml:"tok"`  // a kind of token, or none
	Body    *string           `yaml:"body"` // OK stands for the valid order
	Gen     *generated        `yaml:"gen"`
	Raw     string            `yaml:"raw"`   // all bytes of the request; {TOK} and {TOK:kind} stand for tokens
	Parts   []string          `yaml:"parts"` // the same in pieces that arrive one by one
	Want    []int             `yaml:"want"`
	Header  map[string]string `yaml:"hdr"`     // header of the answer to pattern
	Without []string          `yaml:"nohdr"`   // headers that the answer must not have
	Hides   []string          `yaml:"hides"`   // texts that must not stand anywhere in the answer
	Shows   []string          `yaml:"shows"`   // texts that must stand in the body of the answer
	Answers int               `yaml:"answers"` // how many answers come before the connection ends; 0 for any number
	All     []int             `yaml:"all"`     // the statuses of all answers
	MS      int               `yaml:"ms"`
	Note    string            `yaml:"note"`
	Slow    bool              `yaml:"slow"` // sent to a service with little patience
}

// generated is a request, or a part of one, that is too large or too odd to be written down.
type generated struct {
	Name string `yaml:"name"`
	N    int    `yaml:"n"`
	Rune string `yaml:"rune"`
	Hex  string `yaml:"hex"`
	MB   int    `yaml:"mb"`
}

func readSuite(t *testing.T, name string) *suite {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var s suite
	if err := yaml.Unmarshal(text, &s); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	seen := map[string]bool{}
	for _, c := range s.Cases {
		if len(c.All) > 0 {
			c.Want, c.Answers = c.All[:1], len(c.All)
		}
		if seen[c.ID] || len(c.Want) == 0 {
			t.Fatalf("%s: case %q is there twice, or wants nothing", name, c.ID)
		}
		seen[c.ID] = true
	}
	return &s
}

// message is a request before it is bytes.
type message struct {
	method, target string
	headers        []string
	body           []byte
	hasBody        bool
}

// request is the bytes that the case sends at once; nil when it sends them in a way of its own.
func (c *kase) request(order string) []byte {
	if c.Raw != "" {
		return []byte(withTokens(c.Raw))
	}
	if len(c.Parts) > 0 {
		return nil
	}
	m := &message{method: c.Method, target: withTokens(c.Path)}
	if c.Body != nil {
		m.body, m.hasBody = []byte(*c.Body), true
		if *c.Body == "OK" {
			m.body = []byte(order)
		}
	}
	if g := c.Gen; g != nil {
		switch {
		case g.Name == "rawhex":
			return unhex(g.Hex)
		case heads[g.Name] != nil:
			heads[g.Name](g, m)
		case bodies[g.Name] != nil:
			m.body, m.hasBody = bodies[g.Name](g, order), true
		default:
			return nil
		}
	}
	return m.bytes(c.Headers, c.Token)
}

// bytes writes the message. What the headers don't say is added: token, type and length of the body, the close.
func (m *message) bytes(headers []string, tok string) []byte {
	given := map[string]bool{}
	var written []string
	for _, h := range headers {
		name, _, _ := strings.Cut(strings.TrimPrefix(h, "-"), ":")
		given[strings.ToLower(strings.TrimSpace(name))] = true
		if !strings.HasPrefix(h, "-") {
			written = append(written, withTokens(h))
		}
	}
	for _, h := range m.headers {
		name, _, _ := strings.Cut(h, ":")
		given[strings.ToLower(name)] = true
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: shop.test\r\n", m.method, m.target)
	add := func(name, value string) {
		if !given[strings.ToLower(name)] {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	if tok != "none" {
		add("Authorization", "Bearer "+token(tok))
	}
	if m.hasBody {
		add("Content-Type", "application/json")
		add("Content-Length", fmt.Sprint(len(m.body)))
	}
	for _, h := range append(written, m.headers...) {
		b.WriteString(h + "\r\n")
	}
	add("Connection", "close")
	b.WriteString("\r\n")
	b.Write(m.body)
	return b.Bytes()
}

var tokenMark = regexp.MustCompile(`\{TOK(:[a-z0-9-]+)?\}`)

// withTokens replaces {TOK} and {TOK:kind}.
func withTokens(text string) string {
	return tokenMark.ReplaceAllStringFunc(text, func(mark string) string {
		return token(strings.Trim(strings.TrimPrefix(mark, "{TOK"), ":}"))
	})
}

func unhex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err) // the case is written wrongly
	}
	return b
}

const oneItem = `{"sku":"ABC-1","quantity":2}`

// bodies make the bodies of cases by name.
var bodies = map[string]func(g *generated, order string) []byte{
	"hex":    func(g *generated, _ string) []byte { return unhex(g.Hex) },
	"hexes":  func(g *generated, _ string) []byte { return bytes.Repeat(unhex(g.Hex), g.N) },
	"repeat": func(g *generated, _ string) []byte { return []byte(strings.Repeat(g.Rune, g.N)) },
	"open":   func(g *generated, _ string) []byte { return []byte(`{"items":` + strings.Repeat("[", g.N)) },
	"nulls": func(g *generated, _ string) []byte {
		return []byte(`{"items":[` + strings.Repeat("null,", g.N) + `null]}`)
	},
	"wrongitems": func(g *generated, _ string) []byte {
		return []byte(`{"items":[` + strings.TrimSuffix(strings.Repeat(`{"sku":1,"quantity":"`+strings.Repeat("x", 1000)+`"},`, g.N), ",") + `]}`)
	},
	"longnames": func(g *generated, _ string) []byte {
		b := []byte(`{"items":[` + oneItem + `]`)
		for i := range g.N {
			b = fmt.Appendf(b, `,"%s%d":1`, strings.Repeat("/~", 10000), i)
		}
		return append(b, '}')
	},
	"tricks": func(g *generated, _ string) []byte {
		b := []byte(`{"kind":"dog","tricks":["x"`)
		for i := range g.N {
			b = fmt.Appendf(b, `,"%d"`, i)
		}
		return append(b, "]}"...)
	},
	"longtricks": func(g *generated, _ string) []byte {
		b := []byte(`{"kind":"dog","tricks":["x"`)
		for i := range g.N {
			b = fmt.Appendf(b, `,"%s%d"`, strings.Repeat("a", 300), i)
		}
		return append(b, "]}"...)
	},
	"tree": func(g *generated, _ string) []byte {
		return []byte(strings.Repeat(`{"left":`, g.N-1) + "{}" + strings.Repeat("}", g.N-1))
	},
	"brackets": func(g *generated, _ string) []byte {
		return []byte(strings.Repeat("[", g.N) + strings.Repeat("]", g.N))
	},
	"manymembers": func(g *generated, _ string) []byte {
		b := []byte(`{"a":1`)
		for i := range g.N {
			b = fmt.Appendf(b, `,"k%d":1`, i)
		}
		return append(b, '}')
	},
	"parts": func(g *generated, _ string) []byte {
		return []byte(strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\na\r\n", g.N) + "--x--\r\n")
	},
	"partheader": func(g *generated, _ string) []byte {
		return []byte("--x\r\nContent-Disposition: form-data; name=\"title\"\r\nX: " + strings.Repeat("a", g.N) + "\r\n\r\na\r\n--x--\r\n")
	},
	"partheaders": func(g *generated, _ string) []byte {
		return []byte("--x\r\nContent-Disposition: form-data; name=\"title\"\r\n" + strings.Repeat("X: a\r\n", g.N) + "\r\na\r\n--x--\r\n")
	},
	"almost": func(g *generated, _ string) []byte {
		return []byte("--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n" + strings.Repeat("\r\n--", g.N) + "\r\n--x--\r\n")
	},
	"escapedkeys": func(g *generated, _ string) []byte {
		b := []byte(`{"items":[` + oneItem + `]`)
		for i := range g.N {
			b = fmt.Appendf(b, `,"\u0061%d":1`, i)
		}
		return append(b, '}')
	},
	"packed-nils": func(g *generated, _ string) []byte {
		return append(unhex(fmt.Sprintf("81a56974656d73dd%08x", g.N)), bytes.Repeat([]byte{0xc0}, g.N)...)
	},
	"packed-controls": func(g *generated, _ string) []byte {
		return append(unhex(fmt.Sprintf("81a46e6f7465db%08x", g.N)), bytes.Repeat([]byte{1}, g.N)...)
	},
	"utf16": func(_ *generated, order string) []byte {
		var b []byte
		for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(order))...) {
			b = append(b, byte(u), byte(u>>8))
		}
		return b
	},
	"note": func(g *generated, _ string) []byte {
		return []byte(`{"items":[` + oneItem + `],"note":"` + strings.Repeat(g.Rune, g.N) + `"}`)
	},
	"nest": func(g *generated, _ string) []byte {
		return []byte(`{"items":` + strings.Repeat("[", g.N) + strings.Repeat("]", g.N) + `}`)
	},
	"nestobj": func(g *generated, _ string) []byte {
		return []byte(`{"items":[` + oneItem + `],"note":` + strings.Repeat(`{"a":`, g.N) + "1" + strings.Repeat("}", g.N) + `}`)
	},
	"keys": func(g *generated, _ string) []byte {
		b := []byte(`{"items":[` + oneItem + `]`)
		for i := range g.N {
			b = fmt.Appendf(b, `,"k%d":1`, i)
		}
		return append(b, '}')
	},
	"samekeys": func(g *generated, _ string) []byte {
		return []byte(`{"items":[` + oneItem + `]` + strings.Repeat(`,"note":"a"`, g.N) + `}`)
	},
	"longkey": func(g *generated, _ string) []byte {
		return []byte(`{"items":[` + oneItem + `],"` + strings.Repeat(g.Rune, g.N) + `":1}`)
	},
	"digits": func(g *generated, _ string) []byte {
		return []byte(`{"items":[{"sku":"ABC-1","quantity":` + strings.Repeat("9", g.N) + `}]}`)
	},
	"zeros": func(g *generated, _ string) []byte {
		return []byte(`{"items":[{"sku":"ABC-1","quantity":1.` + strings.Repeat("0", g.N) + g.Rune + `}]}`)
	},
	"items": func(g *generated, _ string) []byte {
		return []byte(`{"items":[` + strings.TrimSuffix(strings.Repeat(oneItem+",", g.N), ",") + `]}`)
	},
	"badids": func(g *generated, _ string) []byte {
		return []byte(`{"items":[` + strings.TrimSuffix(strings.Repeat(`{"sku":"x","quantity":0},`, g.N), ",") + `]}`)
	},
	"sku": func(g *generated, _ string) []byte {
		return []byte(`{"items":[{"sku":"ABC-` + strings.Repeat("1", g.N) + `","quantity":2}]}`)
	},
	"pad":     func(g *generated, order string) []byte { return []byte(order + strings.Repeat(" ", g.N-len(order))) },
	"gzip-ok": func(_ *generated, order string) []byte { return zipped(order, "", 0) },
	"gzip-bomb": func(g *generated, _ string) []byte {
		return zipped(`{"items":[`+oneItem+`],"note":"`, `"}`, g.MB)
	},
}

// zipped compresses text around so many megabytes of one letter.
func zipped(before, after string, mb int) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(before))
	for block := bytes.Repeat([]byte("a"), 1<<20); mb > 0; mb-- {
		_, _ = z.Write(block)
	}
	_, _ = z.Write([]byte(after))
	_ = z.Close() // a buffer takes everything
	return b.Bytes()
}

// heads make request lines and headers of cases by name.
var heads = map[string]func(g *generated, m *message){
	"header": func(g *generated, m *message) { m.headers = append(m.headers, "X-Big: "+strings.Repeat("a", g.N)) },
	"headers": func(g *generated, m *message) {
		for i := range g.N {
			m.headers = append(m.headers, fmt.Sprintf("X-%d: a", i))
		}
	},
	"sameheaders": func(g *generated, m *message) {
		for range g.N {
			m.headers = append(m.headers, "X: a")
		}
	},
	"accept": func(g *generated, m *message) {
		m.headers = append(m.headers, "Accept: "+strings.Repeat("a/b;q=0.1,", g.N)+"*/*")
	},
	"cookies": func(g *generated, m *message) {
		m.headers = append(m.headers, "Cookie: "+strings.Repeat("a=b; ", g.N)+"c=d")
	},
	"longpath": func(g *generated, m *message) { m.target += strings.Repeat("a", g.N) },
	"commas":   func(g *generated, m *message) { m.target += "?csv=" + strings.Repeat(",", g.N) },
	"levels":   func(g *generated, m *message) { m.target += "?deep" + strings.Repeat("[a]", g.N) + "=1" },
	"jsondeep": func(g *generated, m *message) { m.target += "?json=" + strings.Repeat("[", g.N) },
	"fraction": func(g *generated, m *message) {
		m.target += "?at=2026-02-01T00:00:00." + strings.Repeat("1", g.N) + "Z"
	},
	"distinct": func(g *generated, m *message) {
		var b strings.Builder
		for i := range g.N {
			fmt.Fprintf(&b, "&set=%d", i)
		}
		m.target += "?" + b.String()[1:]
	},
	"deepmembers": func(g *generated, m *message) {
		var b strings.Builder
		for i := range g.N {
			fmt.Fprintf(&b, "&deep[m%d]=1", i)
		}
		m.target += "?" + b.String()[1:]
	},
	"cookies-behind": func(g *generated, m *message) {
		m.headers = append(m.headers, "Cookie: "+strings.Repeat("a=b; ", g.N)+g.Rune)
	},
	"apikey": func(g *generated, m *message) { m.headers = append(m.headers, "X-Api-Key: "+strings.Repeat("a", g.N)) },
	"basic": func(g *generated, m *message) {
		m.headers = append(m.headers, "Authorization: Basic "+strings.Repeat("A", g.N))
	},
	"limit": func(g *generated, m *message) { m.target += "?limit=" + strings.Repeat(g.Rune, g.N) },
	"traceparent": func(g *generated, m *message) {
		m.headers = append(m.headers, "traceparent: 01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-"+strings.Repeat("a", g.N))
	},
	"range": func(g *generated, m *message) {
		m.headers = append(m.headers, "Range: bytes="+strings.Repeat("0-,", g.N)+"0-")
	},
	"long-type": func(g *generated, m *message) {
		m.headers = append(m.headers, "Content-Type: application/json; a="+strings.Repeat("b", g.N))
		m.body, m.hasBody = []byte(`{"items":[`+oneItem+`]}`), true
	},
	"type-parameters": func(g *generated, m *message) {
		var b strings.Builder
		for i := range g.N {
			fmt.Fprintf(&b, ";a%d=b", i)
		}
		m.headers = append(m.headers, "Content-Type: application/json"+b.String())
		m.body, m.hasBody = []byte(`{"items":[`+oneItem+`]}`), true
	},
	"uri":      func(g *generated, m *message) { m.target += "?tag=" + strings.Repeat("a", g.N) },
	"segments": func(g *generated, m *message) { m.target += strings.Repeat("/a", g.N) },
	"escapes":  func(g *generated, m *message) { m.target += "?tag=" + strings.Repeat("%61", g.N) },
	"names": func(g *generated, m *message) {
		var b strings.Builder
		for i := range g.N {
			fmt.Fprintf(&b, "&a%d", i)
		}
		m.target += "?" + b.String()[1:]
	},
	"tags": func(g *generated, m *message) {
		m.target += "?" + strings.TrimSuffix(strings.Repeat("tag=a&", g.N), "&")
	},
	"token": func(g *generated, m *message) {
		m.headers = append(m.headers, "Authorization: Bearer "+strings.Repeat("a", g.N))
	},
	"dots": func(g *generated, m *message) {
		m.headers = append(m.headers, "Authorization: Bearer "+strings.Repeat(".", g.N))
	},
}

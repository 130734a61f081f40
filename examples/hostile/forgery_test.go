package hostile

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

// forgeries are further kinds of tokens, by what the answer to them is.
var forgeries = map[int]map[string]func(*draft){200: sound, 401: unsound, 403: powerless}

func in(d time.Duration) int64 { return time.Now().Add(d).Unix() }

// later sets a claim to a time from now, which is when the token is made.
func later(name string, d time.Duration) func(*draft) {
	return func(t *draft) { t.claims[name] = in(d) }
}

// sound are odd, and right by the standards.
var sound = map[string]func(*draft){
	"expfloat":        claim("exp", json.Number(fmt.Sprintf("%d.75", in(time.Hour)))),
	"expexponent":     claim("exp", json.Number(fmt.Sprintf("%de-3", in(time.Hour)*1000))),
	"expjust":         later("exp", -15*time.Second), // within the leeway
	"nbfjust":         later("nbf", 15*time.Second),
	"iatjust":         later("iat", 15*time.Second),
	"iatold":          claim("iat", -1),
	"expcaseother":    all(claim("Exp", 1), claim("EXP", "x")), // another claim
	"notyp":           func(d *draft) { delete(d.header, "typ") },
	"typmedia":        header("typ", "application/at+jwt"),
	"typupper":        header("typ", "AT+JWT"),
	"nokid":           func(d *draft) { delete(d.header, "kid") }, // there is only one key
	"x5t":             all(header("x5t", "AAAA"), header("x5t#S256", "AAAA")),
	"headerunknown":   header("nonce", "x"),
	"audtwice":        claim("aud", []string{audience, audience}),
	"nosub":           func(d *draft) { delete(d.claims, "sub") },
	"scopespaces":     claim("scope", "  products:read   orders:write "),
	"scopetwice":      claim("scope", "products:read products:read"),
	"scp":             all(func(d *draft) { delete(d.claims, "scope") }, claim("scp", []string{"products:read"})),
	"scptext":         all(func(d *draft) { delete(d.claims, "scope") }, claim("scp", "products:read orders:write")),
	"spaceafterjson":  spelled(func(h, c string) (string, string) { return h + " \n", " " + c + "\t" }),
	"escapedclaims":   spelled(func(h, c string) (string, string) { return h, strings.Replace(c, `"exp"`, `"\u0065xp"`, 1) }),
	"roomy":           claim("x", strings.Repeat("a", 5000)),
	"headerescaped":   spelled(func(h, c string) (string, string) { return strings.Replace(h, `"alg"`, `"\u0061lg"`, 1), c }),
	"nestedduplicate": claim("act", map[string]any{"sub": "x", "act": map[string]any{"sub": "x"}}),
}

// unsound are refused.
var unsound = map[string]func(*draft){
	// the time
	"expgone":     later("exp", -2*time.Minute),
	"nbflater":    later("nbf", 2*time.Minute),
	"iatlater":    later("iat", 2*time.Minute),
	"expcase":     all(func(d *draft) { delete(d.claims, "exp") }, later("Exp", time.Hour)),
	"expzero":     claim("exp", 0),
	"exptrue":     claim("exp", true),
	"expobject":   claim("exp", map[string]int{"$gt": 0}),
	"expfar":      claim("exp", json.Number("1e15")),
	"expmax":      claim("exp", json.Number("9223372036854775807")),
	"expover":     claim("exp", json.Number("18446744073709551617")),
	"expdate":     claim("exp", "2099-01-01T00:00:00Z"),
	"expempty":    claim("exp", ""),
	"nbfnull":     claim("nbf", nil),
	"nbfhuge":     claim("nbf", json.Number("1e300")),
	"nbfms":       claim("nbf", time.Now().UnixMilli()),
	"iattext":     claim("iat", "now"),
	"iatnull":     claim("iat", nil),
	"nbfafterexp": all(later("exp", time.Minute), later("nbf", time.Hour)),
	"expfirst":    spelled(func(h, c string) (string, string) { return h, `{"exp":99999999999999,` + c[1:] }),
	"expduplicate": spelled(func(h, c string) (string, string) {
		return h, c[:len(c)-1] + `,"exp":` + fmt.Sprint(in(2*time.Hour)) + `}`
	}),
	// for whom and from whom
	"audnull":    claim("aud", nil),
	"audnumber":  claim("aud", 1),
	"audobject":  claim("aud", map[string]bool{audience: true}),
	"audnulls":   claim("aud", []any{audience, nil}),
	"audnested":  claim("aud", []any{[]string{audience}}),
	"audspaces":  claim("aud", "other "+audience),
	"audcomma":   claim("aud", audience+",other"),
	"audtail":    claim("aud", audience+" "),
	"audslash":   claim("aud", audience+"/"),
	"audnul":     claim("aud", audience+"\x00"),
	"audprefix":  claim("aud", audience+"2"),
	"audtext":    claim("aud", ""),
	"audstar":    claim("aud", "*"),
	"issnull":    claim("iss", nil),
	"issempty":   claim("iss", ""),
	"isscase":    claim("iss", strings.ToUpper(issuerName)),
	"issport":    claim("iss", issuerName+":443"),
	"issnul":     claim("iss", issuerName+"\x00"),
	"isssuffix":  claim("iss", issuerName+".evil.test"),
	"issuser":    claim("iss", "https://iss.test@evil.test"),
	"isshttp":    claim("iss", "http://iss.test"),
	"issobject":  claim("iss", map[string]string{"a": issuerName}),
	"subnumber":  claim("sub", 1),
	"subnull":    claim("sub", nil),
	"subempty":   claim("sub", ""),
	"subobject":  claim("sub", map[string]string{"$ne": ""}),
	"azpnumber":  claim("azp", 7),
	"clientlist": claim("client_id", []string{"a"}),
	// what it grants
	"scopenumber": claim("scope", 1),
	"scopeobject": claim("scope", map[string]bool{"products:read": true}),
	"scopemixed":  claim("scope", []any{"products:read", 1}),
	"scopetrue":   claim("scope", true),
	"scpnumber":   claim("scp", 1),
	// the header
	"cty":          header("cty", "JWT"),
	"b64alone":     header("b64", false),
	"b64true":      header("b64", true),
	"critnull":     header("crit", nil),
	"critunknown":  all(header("crit", []string{"exp"}), header("exp", 1)),
	"critb64":      all(header("crit", []string{"b64"}), header("b64", true)),
	"typempty":     header("typ", ""),
	"typnull":      header("typ", nil),
	"typspace":     header("typ", "JWT "),
	"typjose":      header("typ", "JOSE"),
	"typdpop":      header("typ", "dpop+jwt"),
	"typevent":     header("typ", "secevent+jwt"),
	"typclient":    header("typ", "client-authentication+jwt"),
	"typrefresh":   header("typ", "rt+jwt"),
	"typapp":       header("typ", "application/application/jwt"),
	"kidnull":      header("kid", nil),
	"kidnumber":    header("kid", 1),
	"kidobject":    header("kid", map[string]string{"a": "k1"}),
	"kidcase":      header("kid", "K1"),
	"kidspace":     header("kid", " k1"),
	"kidnul":       header("kid", "k1\x00"),
	"kidnewline":   header("kid", "k1\n"),
	"kiddots":      header("kid", "x/../k1"),
	"kidlong":      header("kid", strings.Repeat("k", 5000)),
	"kidunicode":   header("kid", "ｋ1"),
	"kidtwice":     spelled(func(h, c string) (string, string) { return `{"kid":"k2",` + h[1:], c }),
	"typtwice":     spelled(func(h, c string) (string, string) { return h[:len(h)-1] + `,"typ":"id+jwt"}`, c }),
	"enc":          header("enc", "A256GCM"),
	"epk":          header("epk", map[string]string{"kty": "EC"}),
	"x5cself":      all(evil, header("x5c", []string{"MIIB"}), header("kid", "k2")),
	"jwkown":       header("jwk", json.RawMessage(jwk("k1", issuerKey()))),
	"jwknull":      header("jwk", nil),
	"jkuown":       header("jku", "https://iss.test/jwks.json"),
	"headerlist":   spelled(func(h, c string) (string, string) { return "[" + h + "]", c }),
	"headertext":   spelled(func(_, c string) (string, string) { return `"RS256"`, c }),
	"headerempty":  spelled(func(_, c string) (string, string) { return `{}`, c }),
	"headertail":   spelled(func(h, c string) (string, string) { return h + "{}", c }),
	"headerbom":    spelled(func(h, c string) (string, string) { return "\ufeff" + h, c }),
	"headerutf8":   spelled(func(h, c string) (string, string) { return h[:len(h)-1] + ",\"x\":\"\xff\"}", c }),
	"headercase":   spelled(func(h, c string) (string, string) { return strings.Replace(h, `"alg"`, `"ALG"`, 1), c }),
	"claimsbom":    spelled(func(h, c string) (string, string) { return h, "\ufeff" + c }),
	"claimsnull":   spelled(func(h, _ string) (string, string) { return h, "null" }),
	"claimstext":   spelled(func(h, c string) (string, string) { return h, string(marshal(c)) }),
	"claimsnumber": spelled(func(h, _ string) (string, string) { return h, "1" }),
	"claimsempty":  spelled(func(h, _ string) (string, string) { return h, "{}" }),
	"claimscut":    spelled(func(h, c string) (string, string) { return h, c[:len(c)-1] }),
	"claimscomma":  spelled(func(h, c string) (string, string) { return h, c[:len(c)-1] + ",}" }),
	"claimsnan":    spelled(func(h, c string) (string, string) { return h, c[:len(c)-1] + `,"x":NaN}` }),
	"claimsinner":  spelled(func(h, c string) (string, string) { return h, c[:len(c)-1] + `,"x":{"a":1,"\u0061":2}}` }),
	"claimslone":   spelled(func(h, c string) (string, string) { return h, c[:len(c)-1] + `,"aud":"x"}` }),
	// how it is signed
	"algspace":    header("alg", "RS256 "),
	"algnewline":  header("alg", "RS256\n"),
	"algempty":    header("alg", ""),
	"algnumber":   header("alg", 256),
	"algps":       header("alg", "PS256"), // the key is for RS256 alone
	"alges":       header("alg", "ES256"),
	"algeddsa":    header("alg", "EdDSA"),
	"alghs":       header("alg", "HS256"),
	"algrs1":      header("alg", "RS1"),
	"algnonesig":  header("alg", "none"),
	"algnonecaps": unsigned(`{"alg":"NONE","kid":"k1"}`),
	"algnonetwo":  unsigned(`{"alg":["none"],"kid":"k1"}`),
	"algpbes":     all(header("alg", "PBES2-HS512+A256KW"), header("p2c", 1_000_000_000), header("p2s", "AAAA")),
	"algdir":      header("alg", "dir"),
	"algkelvin":   header("alg", "RS25６"),
	"hsjwk":       func(d *draft) { d.finish = confused([]byte(jwk("k1", issuerKey()))) },
	"hskid":       func(d *draft) { d.finish = confused([]byte("k1")) },
	"hssecret":    func(d *draft) { d.finish = confused([]byte("secret")) },
	"hszero":      func(d *draft) { d.finish = confused(make([]byte, 32)) },
	"sigones":     segment(2, func(string) string { return encode(slices.Repeat([]byte{0xff}, 256)) }),
	"sigmodulus":  segment(2, func(string) string { return encode(issuerKey().N.Bytes()) }),
	"sigone":      segment(2, func(string) string { return encode(big.NewInt(1).FillBytes(make([]byte, 256))) }),
	"siglong":     segment(2, func(s string) string { return encode(append([]byte{0}, decode(s)...)) }),
	"sigplus":     segment(2, addModulus),
	"sighuge":     segment(2, func(string) string { return encode(make([]byte, 4000)) }),
	"sigother":    segment(2, func(string) string { return strings.Split(newDraft().token(), ".")[2][:340] + "AA" }),
	"sigflip":     segment(2, func(s string) string { return flip(s, 20) }),
	"claimsflip":  segment(1, func(s string) string { return flip(s, 20) }),
	"detached":    segment(1, func(string) string { return "" }),
	// how it is spelled
	"sloppybits":  segment(2, func(s string) string { return s[:len(s)-1] + next(s[len(s)-1]) }),
	"sigpadded":   segment(2, func(s string) string { return s + "==" }),
	"dotencoded":  altered(func(s string) string { return strings.Replace(s, ".", "%2E", 1) }),
	"dotstwo":     altered(func(s string) string { return strings.Replace(s, ".", "..", 1) }),
	"dotfirst":    altered(func(s string) string { return "." + s }),
	"colons":      altered(func(s string) string { return strings.ReplaceAll(s, ".", ":") }),
	"tilde":       altered(func(s string) string { return s + "~" }), // a selective disclosure is another kind of token
	"onlyheader":  altered(func(s string) string { return s[:strings.IndexByte(s, '.')] }),
	"twoparts":    altered(func(s string) string { return s[:strings.LastIndexByte(s, '.')] }),
	"urlencoded":  altered(func(s string) string { return strings.ReplaceAll(s, "e", "%65") }),
	"baseonly":    altered(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
	"letterascii": altered(func(s string) string { return strings.Replace(s, "e", "\u0435", 1) }),
}

// powerless are good, and grant nothing here.
var powerless = map[string]func(*draft){
	"scopeabsent":  func(d *draft) { delete(d.claims, "scope") },
	"scopeempty":   claim("scope", ""),
	"scopenone":    claim("scope", []string{}),
	"scopetabs":    claim("scope", "orders:write\tproducts:read"),
	"scopelines":   claim("scope", "orders:write\nproducts:read"),
	"scopenbsp":    claim("scope", "orders:write\u00a0products:read"),
	"scopenul":     claim("scope", "products:read\x00"),
	"scopeplus":    claim("scope", "orders:write+products:read"),
	"scopedot":     claim("scope", "products.read"),
	"scopeglob":    claim("scope", "products:*"),
	"scopeparent":  claim("scope", "products"),
	"scopejson":    claim("scope", `["products:read"]`),
	"scopeinlist":  claim("scope", []string{"orders:write products:read"}), // one name with a space in it
	"roles":        all(claim("scope", ""), claim("roles", []string{"products:read"}), claim("permissions", []string{"products:read"})),
	"scopes":       all(claim("scope", ""), claim("scopes", "products:read")),
	"scopecapital": all(claim("scope", ""), claim("Scope", "products:read")),
}

// large are tokens whose claims are large; cases send them.
var large = map[string]func(*draft){
	"brackets": spelled(func(h, c string) (string, string) {
		return h, c[:len(c)-1] + `,"x":` + strings.Repeat("[", 2500) + strings.Repeat("]", 2500) + `}`
	}),
	"manyclaims": func(d *draft) {
		for i := range 500 {
			d.claims[fmt.Sprint("c", i)] = 1
		}
	},
	"manyscopes":    claim("scope", strings.Repeat("a ", 2500)),
	"manyaudiences": claim("aud", slices.Repeat([]string{"x"}, 1300)),
}

func decode(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		panic(err) // the tests wrote it
	}
	return b
}

// flip replaces one letter by another.
func flip(s string, i int) string {
	if s[i] == 'A' {
		return s[:i] + "B" + s[i+1:]
	}
	return s[:i] + "A" + s[i+1:]
}

// next is the letter of base64url behind c: at the end of a signature of 256 bytes it says the same in bits that are not
// used.
func next(c byte) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(letters[strings.IndexByte(letters, c)+1])
}

// addModulus makes another number that is the same signature modulo the key's.
func addModulus(s string) string {
	n := new(big.Int).SetBytes(decode(s))
	return encode(n.Add(n, issuerKey().N).Bytes())
}

// kindOf is the kind of token of that name, nil when there is none.
func kindOf(name string) func(*draft) {
	for _, group := range []map[string]func(*draft){kinds, sound, unsound, powerless, large} {
		if edit, ok := group[name]; ok {
			return edit
		}
	}
	return nil
}

// wanted are the answers to the kinds of tokens, by name.
func wanted() map[string]int {
	want := map[string]int{"": 200, "audlist": 200, "typat": 200, "readonly": 200, "scopearray": 200, "deep": 200}
	for _, kind := range []string{"noscope", "scopeprefix", "scopestar", "scopecase", "scopecomma"} {
		want[kind] = 403
	}
	for kind := range maps.Keys(kinds) {
		if _, ok := want[kind]; !ok {
			want[kind] = 401
		}
	}
	for status, group := range forgeries {
		for kind := range group {
			want[kind] = status
		}
	}
	return want
}

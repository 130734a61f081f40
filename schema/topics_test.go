package schema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSubsetByTopic reads testdata/topics/*.txt: each line is "name | sender | receiver | answer", where $A, $B, ... are
// the components that lines of the form "$A = schema" define for the lines after them (OpenAPI 3.1). In dialects.txt the
// name is followed by the versions of both sides.
func TestSubsetByTopic(t *testing.T) {
	files, err := filepath.Glob("testdata/topics/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no topics", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		topic := strings.TrimSuffix(filepath.Base(file), ".txt")
		components := map[string]any{}
		for _, line := range strings.Split(string(data), "\n") {
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
				continue
			}
			if name, body, ok := strings.Cut(line, " = "); ok && name[0] == '$' {
				components[name[1:]] = decode(t, body)
				continue
			}
			fields := strings.Split(line, " | ")
			if len(fields) != 4 {
				t.Fatalf("%s: malformed line %q", file, line)
			}
			versions := [2]string{"3.1.0", "3.1.0"}
			if topic == "dialects" {
				names := strings.Split(fields[0], " ")
				fields[0], versions = names[0], [2]string{names[1], names[2]}
			}
			t.Run(topic+"/"+fields[0], func(t *testing.T) {
				checkTopic(t, fields[1], fields[2], fields[3], components, versions)
			})
		}
	}
}

func decode(t testing.TB, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func checkTopic(t *testing.T, sender, receiver, want string, components map[string]any, versions [2]string) {
	doc := func(text, version string) document {
		return document{Version: version, Schema: decode(t, text), Components: map[string]any{"schemas": components}}
	}
	a, b := doc(sender, versions[0]).parse(t, "http://contract.test/a"), doc(receiver, versions[1]).parse(t, "http://contract.test/b")
	o := SubsetOptions{SenderClosed: true, Direction: Request, Memo: NewMemo()}
	if rest, ok := strings.CutPrefix(want, "response "); ok {
		want, o.Direction = rest, Response
	}
	if rest, ok := strings.CutPrefix(want, "open "); ok {
		want, o.SenderClosed = rest, false
	}
	got := Subset(a, b, o)
	if got.Answer.String() != want {
		t.Errorf("got %s, want %s: witness %s, reason %q", got.Answer, want, jsonText(got.Witness), got.Reason)
	}
	if n := len(Differences(a, b, o)); (n > 0) != (got.Answer != Yes) {
		t.Errorf("%d differences for the answer %s", n, got.Answer)
	}
}

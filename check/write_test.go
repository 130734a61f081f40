package check_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/msgen/msgen/check"
)

// hostile is text of a contract that tries to drive whatever shows it.
const hostile = "\x1b[31mred\x1b[0m \u202egnp.exe \u200b\x00\x9b1A" +
	"\r\n::error file=a,line=1::owned%0A```\n</pre><script>alert(1)</script> & <img src=x onerror=alert(1)> " +
	"[link](javascript:alert(1)) ![i](http://evil.example/x) @everyone | a | `code` ]]> \u2028 $(touch owned) 'quoted' \"double\""

func hostileReport() *check.Report {
	place := &check.Place{Pointer: "/paths/" + hostile, File: hostile, Line: 3, Column: 5, Text: hostile}
	witness, err := json.Marshal(hostile)
	if err != nil {
		panic(err)
	}
	return &check.Report{
		Old: hostile, New: hostile, Rules: map[string]check.Rule{"a-rule": {ID: "a-rule", Summary: hostile, Why: hostile, Remedy: hostile}},
		Findings: []check.Diagnostic{{
			Rule: "a-rule", Severity: check.Error, Side: "request", Message: hostile, Operations: []string{hostile}, Old: place, New: place,
			Witness: witness, Proof: check.Proven, Reason: hostile, Remedy: hostile, Answer: hostile,
			Exchange: &check.Exchange{Method: "POST", Path: "/x?q=" + hostile, Header: [][2]string{{"X-A", hostile}}, Body: hostile},
		}},
	}
}

func write(t *testing.T, format string, o check.WriteOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := check.Write(&b, format, hostileReport(), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestNoFormatPassesControlCharacters holds for every format: what reaches a terminal or a page can't drive it.
func TestNoFormatPassesControlCharacters(t *testing.T) {
	for _, format := range check.Formats() {
		for _, witness := range []string{"json", "curl"} {
			out := write(t, format, check.WriteOptions{Witness: witness})
			for _, r := range out {
				if r < 0x20 && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u202e' || r == '\u200b' || r == '\u2028' {
					t.Errorf("%s with %s: %U passes", format, witness, r)
					break
				}
			}
		}
	}
}

func TestMarkupIsEscaped(t *testing.T) {
	for _, format := range []string{"html", "junit"} {
		out := write(t, format, check.WriteOptions{})
		for _, bad := range []string{"<script", "<img", "]]>"} {
			if strings.Contains(out, bad) {
				t.Errorf("%s passes %q", format, bad)
			}
		}
	}
}

func TestHTMLNeedsNothingElse(t *testing.T) {
	out := write(t, "html", check.WriteOptions{})
	for _, bad := range []string{"src=x", "<link", "@import", "url(", "<script"} {
		if strings.Contains(out, bad) && bad != "src=x" {
			t.Errorf("the page has %q", bad)
		}
	}
	if !strings.Contains(out, "default-src 'none'") {
		t.Error("the page has no content security policy")
	}
}

// TestMarkdownStaysText looks for what would be markup outside of code: every such place is in a code span or fence, or
// escaped.
func TestMarkdownStaysText(t *testing.T) {
	out := write(t, "markdown", check.WriteOptions{})
	var prose strings.Builder
	fence := ""
	for _, line := range strings.Split(out, "\n") {
		run := len(line) - len(strings.TrimLeft(line, "`"))
		switch {
		case fence == "" && run >= 3:
			fence = line[:run]
		case fence != "" && line == fence:
			fence = ""
		case fence == "":
			prose.WriteString(line + "\n")
		}
	}
	if fence != "" {
		t.Error("a fence is not closed")
	}
	for _, bad := range []string{"<script", "<img", "](", "@everyone", "<http"} {
		if strings.Contains(prose.String(), bad) {
			t.Errorf("prose has %q:\n%s", bad, prose.String())
		}
	}
}

// TestGitHubWritesOneCommandForEachFinding: no text of a contract begins a line of its own.
func TestGitHubWritesOneCommandForEachFinding(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(write(t, "github", check.WriteOptions{}), "\n"), "\n")
	if len(lines) != 1 || !strings.HasPrefix(lines[0], "::error file=") {
		t.Errorf("got %d lines: %q", len(lines), lines)
	}
	properties, _, _ := strings.Cut(strings.TrimPrefix(lines[0], "::error "), "::")
	if n := strings.Count(properties, ","); n != 3 {
		t.Errorf("properties are broken up: %s", properties)
	}
}

func TestMachineFormatsParse(t *testing.T) {
	for _, format := range []string{"json", "sarif", "gitlab"} {
		var v any
		if err := json.Unmarshal([]byte(write(t, format, check.WriteOptions{})), &v); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	decoder := xml.NewDecoder(strings.NewReader(write(t, "junit", check.WriteOptions{})))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestCurlIsOneSafeCommand lets a shell read the command, with curl replaced by printf.
func TestCurlIsOneSafeCommand(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	e := check.Exchange{Method: "POST", Path: "/x", Header: [][2]string{{"X-A", "it's \"$(id)\" `id`"}}, Body: "{\"a\":\"it's $(id)\\n\\u001b\x1b\"}"}
	command := strings.Replace(e.Curl("http://localhost:1"), "curl ", `printf '%s\n' `, 1)
	out, err := exec.Command(shell, "-c", command).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{"-i", "-X", "POST", "-H", "X-A: " + e.Header[0][1], "--data-binary", e.Body, "http://localhost:1/x", ""}, "\n")
	if string(out) != want {
		t.Errorf("got  %q\nwant %q", out, want)
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := check.Write(io.Discard, "pdf", hostileReport(), check.WriteOptions{}); err == nil || !strings.Contains(err.Error(), "markdown") {
		t.Errorf("got %v, want the formats that there are", err)
	}
}

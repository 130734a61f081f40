package check

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"sort"
	"strings"
)

// writeGitHub writes workflow commands, which GitHub shows as annotations in a pull request.
func writeGitHub(w io.Writer, r *Report, o WriteOptions) error {
	levels := map[Severity]string{Error: "error", Warning: "warning", Info: "notice"}
	for i := range r.Findings {
		f := &r.Findings[i]
		p := f.place()
		properties := "title=" + escapeProperty(f.Rule)
		if p.File != "" {
			properties = fmt.Sprintf("file=%s,line=%d,col=%d,%s", escapeProperty(p.File), p.Line, p.Column, properties)
		}
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", levels[f.Severity], properties, escapeMessage(details(f, o))); err != nil {
			return err
		}
	}
	return nil
}

// details is a finding in a few lines of plain text, for formats that carry one text.
func details(f *Diagnostic, o WriteOptions) string {
	lines := []string{printable(f.Message)}
	if len(f.Operations) > 0 {
		lines = append(lines, "Reaches: "+printable(operations(f.Operations, 5)))
	}
	if text := witness(f, o); text != "" {
		lines = append(lines, "Witness ("+string(f.Proof)+"): "+text)
	}
	if f.Answer != "" {
		lines = append(lines, "Answer: "+printable(f.Answer))
	}
	if f.Reason != "" {
		lines = append(lines, "Not decided: "+printable(f.Reason))
	}
	return strings.Join(append(lines, "Remedy: "+printable(f.Remedy)), "\n")
}

func escapeMessage(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func escapeProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(printable(text))
}

// writeGitLab writes a code quality report (Code Climate's subset that GitLab reads).
func writeGitLab(w io.Writer, r *Report, o WriteOptions) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	names := map[Severity]string{Error: "blocker", Warning: "minor", Info: "info"}
	issues := []issue{}
	for i := range r.Findings {
		f := &r.Findings[i]
		p := f.place()
		issues = append(issues, issue{
			Description: details(f, o), CheckName: f.Rule, Fingerprint: fingerprint(f), Severity: names[f.Severity],
			Location: location{Path: p.File, Lines: lines{Begin: max(p.Line, 1)}},
		})
	}
	return encodeJSON(w, issues)
}

// fingerprint identifies a finding across runs: lines may move, pointers don't.
func fingerprint(f *Diagnostic) string {
	p := f.place()
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, f.Side, p.Pointer, f.Message}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes one test case for each finding; errors are failures. Without findings one case passes.
func writeJUnit(w io.Writer, r *Report, o WriteOptions) error {
	suite := junitSuite{Name: "msgen check", Failures: r.Count(Error)}
	for i := range r.Findings {
		f := &r.Findings[i]
		p := f.place()
		c := junitCase{Class: f.Rule, Name: fmt.Sprintf("%s %s", printable(p.Pointer), printable(f.Message))}
		if f.Severity == Error {
			c.Failure = &junitFailure{Message: printable(f.Message), Type: f.Rule, Text: details(f, o)}
		} else {
			c.Output = details(f, o)
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Class: "msgen", Name: "no findings"}}
	}
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// writeSARIF writes SARIF 2.1.0 (OASIS), the format of code scanning.
func writeSARIF(w io.Writer, r *Report, o WriteOptions) error {
	type object = map[string]any
	levels := map[Severity]string{Error: "error", Warning: "warning", Info: "note"}
	ids, index := []string{}, map[string]int{}
	results := []object{}
	for i := range r.Findings {
		if _, ok := index[r.Findings[i].Rule]; !ok {
			index[r.Findings[i].Rule] = 0
			ids = append(ids, r.Findings[i].Rule)
		}
	}
	sort.Strings(ids)
	rules := []object{}
	for i, id := range ids {
		rule := r.Rules[id]
		index[id] = i
		rules = append(rules, object{
			"id": id, "shortDescription": object{"text": rule.Summary}, "fullDescription": object{"text": rule.Why},
			"help": object{"text": rule.Remedy}, "defaultConfiguration": object{"level": levels[max(rule.Severity, Info)]},
		})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		result := object{
			"ruleId": f.Rule, "ruleIndex": index[f.Rule], "level": levels[f.Severity], "message": object{"text": details(f, o)},
			"partialFingerprints": object{"msgen/v1": fingerprint(f)},
		}
		if p := f.place(); p.File != "" {
			result["locations"] = []object{{
				"physicalLocation": object{
					"artifactLocation": object{"uri": strings.ReplaceAll(p.File, "\\", "/")},
					"region":           object{"startLine": max(p.Line, 1), "startColumn": max(p.Column, 1)},
				},
				"logicalLocations": []object{{"fullyQualifiedName": p.Pointer}},
			}}
		}
		results = append(results, result)
	}
	return encodeJSON(w, object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []object{{
			"tool":    object{"driver": object{"name": "msgen", "semanticVersion": o.Tool, "rules": rules}},
			"results": results,
		}},
	})
}

package generator

import (
	"strings"
	"testing"
)

func TestVerifyRefusesWhatNoTemplateMeans(t *testing.T) {
	mod := textFile("go.mod", "module example.com/svc\n", Seeded)
	goFile := func(path, body string) File { return textFile(path, GeneratedHeader+"\n\n"+body, Generated) }
	tests := []struct {
		name, want string
		files      []File
	}{
		{"syntax", "expected", []File{goFile("a/a.go", "package a\nfunc {")}},
		{"foreign import", `imports "os/exec"`, []File{goFile("a/a.go", "package a\nimport _ \"os/exec\"\n")}},
		{"cgo", `imports "C"`, []File{goFile("a/a.go", "package a\nimport \"C\"\n")}},
		{"unsafe", `imports "unsafe"`, []File{goFile("a/a.go", "package a\nimport _ \"unsafe\"\n")}},
		{"other module with the prefix", `imports "example.com/svcevil"`, []File{goFile("a/a.go", "package a\nimport _ \"example.com/svcevil\"\n")}},
		{"init", "init function", []File{goFile("a/a.go", "package a\nfunc init() {}\n")}},
		{"generate directive", "holds the directive", []File{goFile("a/a.go", "package a\n//go:generate rm -rf /\n")}},
		{"linkname", "holds the directive", []File{goFile("a/a.go", "package a\n//go:linkname a b\n")}},
		{"line directive", "holds the directive", []File{goFile("a/a.go", "package a\n//line x.go:1\n")}},
		{"block line directive", "holds the directive", []File{goFile("a/a.go", "package a\n/*line x.go:1*/\n")}},
		{"build constraint", "holds the directive", []File{textFile("a/a.go", GeneratedHeader+"\n\n//go:build ignore\n\npackage a\n", Generated)}},
		{"old build constraint", "holds the directive", []File{textFile("a/a.go", GeneratedHeader+"\n\n// +build ignore\n\npackage a\n", Generated)}},
		{"export", "holds the directive", []File{goFile("a/a.go", "package a\n//export F\nfunc F() {}\n")}},
		{"embed in another file", "holds the directive", []File{goFile("a/a.go", "package a\n//go:embed x\nvar x string\n")}},
		{"embed in a seed", "holds the directive", []File{textFile("a/contract.gen.go", "package a\n//go:embed x\nvar x string\n", Seeded)}},
		{"two packages", "its folder in", []File{goFile("a/a.go", "package a\n"), goFile("a/b.go", "package b\n")}},
		{"declared twice", "declares F, as a/a.go does", []File{goFile("a/a.go", "package a\nfunc F() {}\n"), goFile("a/b.go", "package a\ntype F int\n")}},
		{"method declared twice", "declares T.M", []File{goFile("a/a.go", "package a\ntype T int\nfunc (T) M() {}\nfunc (t *T) M() {}\n")}},
		{"no header", "lacks the header", []File{textFile("a/a.go", "package a\n", Generated)}},
		{"path out", "no path for", []File{textFile("../a.go", "package a\n", Seeded)}},
		{"absolute path", "no path for", []File{textFile("/etc/passwd", "", Seeded)}},
		{"unclean path", "no path for", []File{textFile("a/../b.go", "package b\n", Seeded)}},
		{"names that differ by case", "two generated files", []File{textFile("A.txt", "", Seeded), textFile("a.txt", "", Seeded)}},
	}
	for _, tt := range tests {
		err := verify(append([]File{mod}, tt.files...))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error that says %q", tt.name, err, tt.want)
		}
	}
	fine := []File{
		mod, goFile("a/a.go", "package a\n\nimport _ \"example.com/svc/b\"\nimport _ \"net/http\"\n\n// Deprecated: no directive.\nfunc F() {}\n"),
		goFile("a/contract.gen.go", "package a\n\nimport _ \"embed\"\n\n//go:embed x\nvar x string\n"),
		textFile("a/a_test.go", "package a_test\n\nfunc F() {}\n", Seeded),
	}
	if err := verify(fine); err != nil {
		t.Errorf("fine files are refused: %v", err)
	}
}

func TestModelsDeclareSettledNamesOnly(t *testing.T) {
	source := "package a\n\ntype T int\n\nfunc (t T) String() string { return \"\" }\n\nconst TA T = 1\n"
	f := textFile("api/v1/models.gen.go", source, Generated)
	if err := checkModelNames(f, map[string]bool{"T": true, "TA": true}); err != nil {
		t.Error(err)
	}
	for _, missing := range []string{"T", "TA"} {
		settled := map[string]bool{"T": true, "TA": true}
		delete(settled, missing)
		if err := checkModelNames(f, settled); err == nil {
			t.Errorf("models that declare %s, which nobody settled, are accepted", missing)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"users", "users-api", "a", "v2", "func", "auth2"} {
		if err := ValidateName(name); err != nil {
			t.Error(err)
		}
	}
	better := map[string]string{
		"Users": `try "users"`, "users_api": `try "users-api"`, "My Shop!": `try "my-shop"`, "-x-": `try "x"`, "1st": `try "st"`,
		"": `try something like "users"`, "é": `try something like "users"`, "api": `try "api-service"`, "a--b": `try "a-b"`,
		strings.Repeat("a", 41): "up to 40", "../etc": `try "etc"`, "a/b": `try "a-b"`, "x.": `try "x"`,
	}
	for name, want := range better {
		if err := ValidateName(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error that says %s", name, err, want)
		}
	}
	packages := map[string]string{"users-api": "usersapi", "func": "funcsvc", "string": "stringsvc", "shop": "shop"}
	for name, want := range packages {
		if got := PackageName(name); got != want {
			t.Errorf("PackageName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestVersionsAreInOrder(t *testing.T) {
	order := []string{"v1", "v2beta1", "v2", "v10alpha1", "v10"}
	for i := range order {
		for j := range order {
			if got := compareVersions(order[i], order[j]); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("compareVersions(%s, %s) = %d", order[i], order[j], got)
			}
		}
	}
}

func TestConfigReportsEveryFault(t *testing.T) {
	_, err := ParseConfig("msgen.yaml", []byte("service: Users\nversions:\n  - {name: one, spec: ../x.yaml}\n  - {name: v1}\nclient: yes please\nclinet: true\n"))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"msgen.yaml:1:10: error: ", `"one" can't be the name of a version`, `"../x.yaml" leaves the folder`, "a version needs a name and a spec",
		"want true or false", `unknown key "clinet"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from\n%v", want, err)
		}
	}
	for _, text := range []string{"", "service: users\n", "versions: []\n", "[]", "service: users\nversions: []\n"} {
		if _, err := ParseConfig("msgen.yaml", []byte(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	c, err := ParseConfig("msgen.yaml", []byte("service: users\nversions: [{name: v1, spec: api/v1/openapi.yaml}]\nclient: true\n"))
	if err != nil || !c.Client || c.Versions[0].Spec != "api/v1/openapi.yaml" {
		t.Errorf("got %+v, %v", c, err)
	}
}

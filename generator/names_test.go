package generator

import (
	"go/token"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/msgen/msgen/spec"
)

func TestExportedName(t *testing.T) {
	for name, want := range map[string]string{
		"id":                  "ID",
		"user_id":             "UserID",
		"userIds":             "UserIDs",
		"orderID":             "OrderID",
		"HTTPServer":          "HTTPServer",
		"XMLHttpRequest":      "XMLHTTPRequest",
		"list-users":          "ListUsers",
		"a.b":                 "AB",
		"$filter":             "Filter",
		"@type":               "Type",
		"+1":                  "Plus1",
		"-1":                  "Minus1",
		"-created_at":         "MinusCreatedAt",
		"3DSecure":            "N3DSecure",
		"NOT_FOUND":           "NotFound",
		"ACTIVE":              "Active",
		"USD":                 "USD",
		"type":                "Type",
		"名前":                  "X名前",
		"größe":               "Größe",
		"ünit":                "Ünit",
		"":                    "",
		"<=":                  "LessEqual",
		"*":                   "Star",
		"1.10":                "N1_10",
		"Content-Type":        "ContentType",
		"X-Request-ID":        "XRequestID",
		"get /users/{userId}": "GetUsersUserID",
		"iPhone":              "IPhone",
		"a\x00b`c\n":          "ABC",
		"utf8":                "UTF8",
		"oauth2Token":         "Oauth2Token",
	} {
		if got := exportedName(name); got != want {
			t.Errorf("exportedName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestExportedNameIsAnExportedIdentifier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		got := exportedName(name)
		if got == "" {
			return
		}
		if !token.IsIdentifier(got) || !token.IsExported(got) || len(got) > maxName+1 {
			t.Fatalf("exportedName(%q) = %q", name, got)
		}
	})
}

func TestClaimAllNamesSiblingsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		natural := rapid.SliceOf(rapid.SampledFrom([]string{"", "ID", "ID2", "ID3", "A", "A1", "A1_2"})).Draw(t, "natural")
		var scope nameScope
		scope.reserve("A")
		names := scope.claimAll(natural)
		for i, name := range names {
			if !token.IsIdentifier(name) || name == "A" || slices.Index(names, name) != i {
				t.Fatalf("claimAll(%q) = %q", natural, names)
			}
		}
	})
}

func TestClaimAllKeepsNaturalNames(t *testing.T) {
	var scope nameScope
	got := scope.claimAll([]string{"ID", "ID", "ID2", "Name"})
	want := []string{"ID", "ID3", "ID2", "Name"}
	if !slices.Equal(got, want) {
		t.Errorf("claimAll = %q, want %q", got, want)
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"CreateOrder":      "create_order",
		"RunTest":          "run_test_op",
		"InstallOnLinux":   "install_on_linux_op",
		"BuildAmd64":       "build_amd64_op",
		"GetLinuxArm64":    "get_linux_arm64_op",
		"Con":              "con_op",
		"X名前":              "x",
		"HTTPServerStatus": "http_server_status",
		"AlleKühe":         "alle_kuhe",
		"ÜberprüfeGröße":   "uberprufe_grose",
	} {
		if got := fileName(name); got != want {
			t.Errorf("fileName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestFileNameIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := exportedName(rapid.String().Draw(t, "name"))
		got := fileName(name)
		bad := func(r rune) bool {
			return r > unicode.MaxASCII || !unicode.IsLower(r) && !unicode.IsDigit(r) && r != '_'
		}
		if got == "" || strings.ContainsFunc(got, bad) || strings.HasPrefix(got, "_") || strings.HasSuffix(got, "_test") {
			t.Fatalf("fileName(%q) = %q", name, got)
		}
	})
}

func TestOperationFileOfANameWithoutLatinLetters(t *testing.T) {
	op := &spec.Operation{Method: "POST", Path: "/kühe/{name}"}
	if got, want := operationFile(op, "X牛を追加"), "post_kuhe_name"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := operationFile(op, "X"), "x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

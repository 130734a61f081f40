package content

import (
	"strings"
	"testing"
)

// Names of files come without folders, and without what misleads whoever uses them as a path.
func TestFileNamesAreNoPaths(t *testing.T) {
	for name, want := range map[string]string{
		"a.png": "a.png", "../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini", `C:\a b.png`: "a b.png",
		"..": "", ".": "", "a/..": "",
	} {
		_, files, err := readUpload(multipartRequest(part{"photo", name, "image/png", "x"}), &Options{})
		if err != nil || len(files) != 1 || files[0] != "photo="+want+":x" {
			t.Errorf("%q: got %q (%v), want the name %q", name, files, err, want)
		}
	}
}

func TestPartsHaveOneOfEachHeader(t *testing.T) {
	for _, more := range []string{"Content-Disposition: form-data; name=\"count\"\r\n", "Content-Type: text/plain\r\ncontent-type: application/json\r\n"} {
		body := "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n" + more + "\r\n1\r\n--b--\r\n"
		_, _, err := readUpload(request(strings.NewReader(body), "Content-Type: multipart/form-data; boundary=b"), &Options{})
		if status(err) != 400 {
			t.Errorf("%q: got %v, want 400", more, err)
		}
	}
}

// A timestamp may end a document, in each of its forms.
func TestTimestampsOfMessagePack(t *testing.T) {
	for packed, want := range map[string]string{
		"\xd6\xff\x5a\x4a\xf6\xa5":                                     `"2018-01-02T03:04:05Z"`,
		"\xd7\xff\x00\x00\x00\x04\x5a\x4a\xf6\xa5":                     `"2018-01-02T03:04:05.000000001Z"`,
		"\xc7\x0c\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff": `"1969-12-31T23:59:59Z"`,
		"\x91\xd6\xff\x5a\x4a\xf6\xa5":                                 `["2018-01-02T03:04:05Z"]`,
		"\xd6\x05\x5a\x4a\xf6\xa5":                                     "",
		"\xd7\xff\xff\xff\xff\xff\x00\x00\x00\x00":                     "", // more nanoseconds than a second has
		"\xc7\x03\xff\x00\x00\x00":                                     "",
		"\xd6\xff\x5a":                                                 "",
	} {
		got, err := appendJSON(nil, []byte(packed))
		if (err == nil) != (want != "") || err == nil && string(got) != want {
			t.Errorf("%x: got %s (%v), want %s", packed, got, err, want)
		}
	}
}

func TestContentTypesWithEmptyParameters(t *testing.T) {
	for text, want := range map[string]bool{
		"application/json;": true, "application/json;; charset=utf-8 ;": true, "application/json ;charset=utf-8": true,
		"application/json; =": false, "application/json; charset": false, ";": false, "application/json charset=utf-8": false,
	} {
		if m, ok := parseMediaType(text); ok != want || ok && m.essence != "application/json" {
			t.Errorf("%q: got %v (%q), want %v", text, ok, m.essence, want)
		}
	}
}

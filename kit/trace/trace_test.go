package trace_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/msgen/msgen/kit/trace"
)

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestRead(t *testing.T) {
	whole := trace.Trace{RequestID: "a-1", TraceID: "0af7651916cd43dd8448eb211c80319c", SpanID: "b7ad6b7169203331", Flags: "01"}
	none := trace.Trace{RequestID: "a-1"}
	tests := []struct {
		name   string
		parent []string
		want   trace.Trace
	}{
		{"valid", []string{parent}, whole},
		{"later version", []string{"01" + parent[2:] + "-x"}, whole},
		{"absent", nil, none},
		{"twice", []string{parent, parent}, none},
		{"upper case", []string{strings.ToUpper(parent)}, none},
		{"short", []string{parent[:54]}, none},
		{"long", []string{parent + "-x"}, none},
		{"version ff", []string{"ff" + parent[2:]}, none},
		{"no trace", []string{"00-00000000000000000000000000000000-b7ad6b7169203331-01"}, none},
		{"no span", []string{"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"}, none},
	}
	for _, tt := range tests {
		h := http.Header{"X-Request-Id": {"a-1"}}
		if tt.parent != nil {
			h["Traceparent"] = tt.parent
		}
		if diff := cmp.Diff(tt.want, trace.Read(h)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestReadReplacesUnsafeIDs(t *testing.T) {
	fresh := regexp.MustCompile(`^[0-9a-f]{32}$`)
	for _, id := range []string{"", "a b", "a\nb", `a"b`, "<x>", "é", strings.Repeat("a", 129)} {
		if got := trace.Read(http.Header{"X-Request-Id": {id}}).RequestID; !fresh.MatchString(got) {
			t.Errorf("%q: got %q, want a fresh id", id, got)
		}
	}
	if got := trace.Read(http.Header{"X-Request-Id": {"a", "b"}}).RequestID; !fresh.MatchString(got) {
		t.Errorf("two ids: got %q, want a fresh id", got)
	}
}

func TestInject(t *testing.T) {
	in := trace.Read(http.Header{"X-Request-Id": {"a-1"}, "Traceparent": {parent}, "Tracestate": {"x=1", "y=2"}})
	h := http.Header{}
	trace.Inject(trace.NewContext(context.Background(), &in), h)
	if h.Get("X-Request-Id") != "a-1" || h.Get("Tracestate") != "x=1,y=2" {
		t.Errorf("got %v", h)
	}
	if got := h.Get("Traceparent"); got == parent || !strings.HasPrefix(got, parent[:36]) || len(got) != len(parent) {
		t.Errorf("got traceparent %q, want a new span of the same trace", got)
	}
	h = http.Header{}
	trace.Inject(context.Background(), h)
	if len(h) != 0 {
		t.Errorf("got %v, want no headers outside of a request", h)
	}
}

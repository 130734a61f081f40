package check_test

import (
	"testing"

	"github.com/msgen/msgen/check"
)

func TestMessageOfAnExchange(t *testing.T) {
	e := &check.Exchange{Method: "POST", Path: "/v1/x?l=a&l=b&n=1%262", Header: [][2]string{{"X-Key", "k"}}, Token: true}
	e.WithBody("application/json", []byte(`{"a":1}`))
	want := `{"method":"POST","path":"/v1/x","query":{"l":["a","b"],"n":"1&2"},` +
		`"headers":{"Authorization":"Bearer $MSGEN_TOKEN","Content-Type":"application/json","X-Key":"k"},"body":{"a":1},"differs":"<why>"}`
	if got := string(e.Message("<why>").JSON()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMessageBodyThatIsNoJSON(t *testing.T) {
	m := &check.Message{Status: 200, Differs: "d"}
	m.SetBody("<a>\n")
	if got, want := string(m.JSON()), `{"status":200,"body":"<a>\n","differs":"d"}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

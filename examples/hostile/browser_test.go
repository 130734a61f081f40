package hostile

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser is a page in headless Chromium, driven by the DevTools protocol over two pipes.
type browser struct {
	to      *os.File
	session string

	mu      sync.Mutex
	last    int
	waiting map[int]chan reply
	asked   []string // URLs that were requested
	faults  []string // what the console shows of errors
}

type reply struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// openBrowser starts Chromium with an empty page; without Chromium the test is skipped.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	name, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium here; .ci/browser installs it")
	}
	theirsIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirsOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--remote-debugging-pipe", "--window-size=1100,1000", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirsIn, theirsOut} // the descriptors 3 and 4, which the flag means
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirsIn.Close(), theirsOut.Close()
	b := &browser{to: in, waiting: map[int]chan reply{}}
	go b.listen(bufio.NewReader(out))
	t.Cleanup(func() {
		b.send(t, "", "Browser.close", nil)
		_ = cmd.Wait() // how it ends doesn't matter
		_, _ = in.Close(), out.Close()
	})
	var target struct{ TargetID, SessionID string }
	b.call(t, "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.call(t, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	for _, domain := range []string{"Network", "Page", "Runtime", "Log"} {
		b.call(t, domain+".enable", nil, nil)
	}
	return b
}

// listen takes answers and events until the browser ends.
func (b *browser) listen(from *bufio.Reader) {
	for {
		text, err := from.ReadBytes(0)
		if err != nil {
			return
		}
		var r reply
		if json.Unmarshal(text[:len(text)-1], &r) != nil {
			continue
		}
		b.mu.Lock()
		if answer, ok := b.waiting[r.ID]; ok && r.ID != 0 {
			answer <- r
			delete(b.waiting, r.ID)
		}
		b.note(r)
		b.mu.Unlock()
	}
}

// note keeps what tests look at. The caller holds mu.
func (b *browser) note(r reply) {
	var p struct {
		Request struct{ URL string }
		Entry   struct{ Level, Text, Source string }
	}
	switch r.Method {
	case "Network.requestWillBeSent":
		if json.Unmarshal(r.Params, &p) == nil {
			b.asked = append(b.asked, p.Request.URL)
		}
	case "Runtime.exceptionThrown":
		b.faults = append(b.faults, string(r.Params))
	case "Log.entryAdded": // answers with an error status are logged from the network
		if json.Unmarshal(r.Params, &p) == nil && p.Entry.Level == "error" && p.Entry.Source != "network" {
			b.faults = append(b.faults, p.Entry.Text)
		}
	}
}

func (b *browser) send(t *testing.T, session, method string, params any) chan reply {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	answer := make(chan reply, 1)
	b.waiting[b.last] = answer
	message := map[string]any{"id": b.last, "method": method}
	if params != nil {
		message["params"] = params
	}
	if session != "" {
		message["sessionId"] = session
	}
	if _, err := b.to.Write(append(marshal(message), 0)); err != nil {
		t.Errorf("%s: %v", method, err)
	}
	return answer
}

// call calls a method and decodes its result.
func (b *browser) call(t *testing.T, method string, params, result any) {
	t.Helper()
	select {
	case r := <-b.send(t, b.session, method, params):
		if r.Error != nil {
			t.Fatalf("%s: %s", method, r.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(r.Result, result); err != nil {
				t.Fatalf("%s: %v", method, err)
			}
		}
	case <-time.After(patience):
		t.Fatalf("%s: the browser doesn't answer", method)
	}
}

// value is what an expression of JavaScript comes to, as text.
func (b *browser) value(t *testing.T, expression string) string {
	t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call(t, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		t.Fatalf("%s: %s", expression, r.ExceptionDetails)
	}
	return fmt.Sprint(r.Result.Value)
}

// until waits for an expression to come to a value.
func (b *browser) until(t *testing.T, expression, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got = b.value(t, expression); got == want {
			return
		}
	}
	t.Fatalf("%s is %q, want %q", expression, got, want)
}

// picture keeps a screenshot in the folder BROWSER_PICTURES, when there is one.
func (b *browser) picture(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("BROWSER_PICTURES")
	if dir == "" {
		return
	}
	var r struct{ Data string }
	b.call(t, "Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &r)
	png, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// keepsTo checks that nothing was requested from anywhere else, and that nothing went wrong.
func (b *browser) keepsTo(t *testing.T, origin string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.asked {
		if !strings.HasPrefix(url, origin) && !strings.HasPrefix(url, "data:") && url != "about:blank" {
			t.Errorf("the page asks for %s", url)
		}
	}
	for _, fault := range b.faults {
		t.Errorf("the console shows: %s", fault)
	}
}

func TestDocsInBrowser(t *testing.T) {
	b := openBrowser(t)
	s := start(t, newIssuer(t), "AUTH_ISSUER=", "AUTH_AUDIENCE=", "AUTH_JWKS_URL=", "AUTH_DEV=true",
		"AUTH_DEV_KEY_FILE="+filepath.Join(t.TempDir(), "key"))
	b.call(t, "Page.navigate", map[string]any{"url": "http://" + s.addr + "/docs"}, nil)
	b.until(t, `document.querySelectorAll("details.operation").length`, "3")
	b.until(t, `document.querySelector("#title").textContent`, "Shop 1.0.0")
	b.picture(t, "docs")

	const listing = `document.querySelector("[data-operation=listProducts]")`
	b.value(t, listing+`.reveal()`)
	b.value(t, listing+`.querySelector(".send").click()`)
	b.until(t, listing+`.querySelector(".answer .code")?.textContent`, "401")

	b.value(t, `document.querySelector("#new-token").click()`)
	b.until(t, `document.querySelector("#token").value.startsWith("eyJ")`, "true")
	b.value(t, listing+`.querySelector("[data-parameter=tag]").value = "red,<b>green</b>"`)
	b.value(t, listing+`.querySelector(".send").click()`)
	b.until(t, listing+`.querySelector(".answer .code")?.textContent`, "200")
	b.until(t, listing+`.querySelector(".answer .body").textContent.includes("<b>green</b>")`, "true")
	b.until(t, listing+`.querySelectorAll("b").length`, "0")
	b.picture(t, "docs-tried")

	const order = `document.querySelector("[data-operation=createOrder]")`
	b.value(t, order+`.reveal()`)
	b.value(t, order+`.querySelector(".send").click()`) // the body is one that the contract takes
	b.until(t, order+`.querySelector(".answer .code")?.textContent`, "201")
	b.value(t, order+`.querySelector("textarea").value = '{"items":[]}'`)
	b.value(t, order+`.querySelector(".send").click()`)
	b.until(t, order+`.querySelector(".answer .code")?.textContent`, "422")
	b.picture(t, "docs-refused")
	b.keepsTo(t, "http://"+s.addr+"/")
}

// TestReportInBrowser opens the report of an incompatible change as a page.
func TestReportInBrowser(t *testing.T) {
	b := openBrowser(t)
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	contract, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	changed := strings.NewReplacer("maxLength: 200", "maxLength: 20", "maximum: 100, default: 20", "maximum: 10",
		"required: [sku, quantity]", `required: [sku, quantity, "<script>alert(1)</script>"]`,
		"sku: {type: string", `"<script>alert(1)</script>": {type: string}
        sku: {type: string`).Replace(string(contract))
	if err := os.WriteFile(broken, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "report.html")
	cmd := exec.Command(filepath.Join(dir, "msgen"), "check-compat", "testdata/shop.yaml", broken, "--format", "html", "--output", report)
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	b.call(t, "Page.navigate", map[string]any{"url": "file://" + report}, nil)
	b.until(t, `document.readyState`, "complete")
	for _, text := range []string{"maxLength", "/v1/orders", "<script>alert(1)</script>"} {
		if b.value(t, fmt.Sprintf(`document.body.innerText.includes(%q)`, text)) != "true" {
			t.Errorf("the report doesn't show %s", text)
		}
	}
	b.picture(t, "report")
	b.keepsTo(t, "file://"+report)
}

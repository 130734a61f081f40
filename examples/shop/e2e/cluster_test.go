package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// cluster is a PostgreSQL of the test's own, which can crash.
type cluster struct {
	*testing.T
	bin, dir, port string
	as             *syscall.SysProcAttr // a user that is not root: PostgreSQL insists

	cmd  *exec.Cmd
	done chan error
	log  *output
}

// newCluster makes a cluster and starts it. The test is skipped where PostgreSQL is not installed.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{T: t, log: &output{}}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // of Debian, which has it in no PATH
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		t.Skip("PostgreSQL is not installed here")
	}
	c.bin = filepath.Dir(found[0])
	var err error
	if c.dir, err = os.MkdirTemp("", "shop-postgres-*"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(c.dir) })
	if os.Getuid() == 0 {
		c.become("postgres")
	}
	_, c.port, _ = net.SplitHostPort(address(t))
	out, err := c.command("initdb", "-D", "data", "-U", "test", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c.start()
	t.Cleanup(c.crash)
	return c
}

// become makes the commands run as a user, to whom the folder is given.
func (c *cluster) become(name string) {
	c.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		c.Skip("there is no user to run PostgreSQL as: ", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(c.dir, uid, gid); err != nil {
		c.Fatal(err)
	}
	c.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = c.dir, c.as
	return cmd
}

func (c *cluster) url() string {
	return "postgres://test@127.0.0.1:" + c.port + "/postgres?sslmode=disable"
}

// start starts the cluster, which recovers from its crash, and waits until it answers.
func (c *cluster) start() {
	c.Helper()
	// fsync guards against a crash of the machine, which this is not.
	c.cmd = c.command("postgres", "-D", "data", "-p", c.port, "-k", c.dir, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off")
	c.cmd.Stdout, c.cmd.Stderr = c.log, c.log
	if err := c.cmd.Start(); err != nil {
		c.Fatal(err)
	}
	cmd, done := c.cmd, make(chan error, 1)
	c.done = done
	go func() { done <- cmd.Wait() }()
	db, err := sql.Open("pgx", c.url())
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_, err := db.ExecContext(ctx, "SELECT 1")
		cancel()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			c.Fatalf("PostgreSQL does not start: %v\n%s", err, c.log)
		}
	}
}

// crash stops the cluster at once: connections are cut, transactions are lost, the next start recovers.
func (c *cluster) crash() {
	if c.cmd == nil {
		return
	}
	if err := c.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		c.Error(err)
	}
	select {
	case <-c.done:
	case <-time.After(30 * time.Second):
		c.Error(fmt.Errorf("PostgreSQL does not stop\n%s", c.log))
	}
	c.cmd = nil
}

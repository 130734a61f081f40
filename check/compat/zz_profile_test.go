package compat_test

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"testing"
	"time"

	"github.com/msgen/msgen/check/compat"
	"github.com/msgen/msgen/spec"
)

func TestProfileZ(t *testing.T) {
	if os.Getenv("OLD") == "" {
		t.Skip()
	}
	start := time.Now()
	old, err := spec.Load(context.Background(), os.Getenv("OLD"), spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	revision, err := spec.Load(context.Background(), os.Getenv("NEW"), spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("load", time.Since(start))
	start = time.Now()
	f, _ := os.Create("/tmp/cmp/cpu.out")
	pprof.StartCPUProfile(f)
	go func() {
		time.Sleep(25 * time.Second)
		pprof.StopCPUProfile()
		os.Exit(3)
	}()
	defer pprof.StopCPUProfile()
	r := compat.Check(old, revision, compat.Options{All: true})
	fmt.Println("check", time.Since(start), len(r.Findings), r.Verdict())
}

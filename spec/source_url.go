package spec

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// remoteTimeout bounds one download, from the look-up of the host to the last byte.
const remoteTimeout = 10 * time.Second

// remote reads files from permitted hosts; ids are URLs without fragment.
type remote struct {
	allowed []string
	client  *http.Client
	final   map[string]string // where an id led by redirects, which is what its references are relative to
}

func urlSource(ref string, o Options) (source, string, error) {
	r := newRemote(o)
	u, err := url.Parse(ref)
	if err != nil {
		return nil, "", fmt.Errorf("%q is no URL: %w", clip(ref), err)
	}
	if err := r.permit(u); err != nil {
		return nil, "", err
	}
	u.Fragment = ""
	return r, u.String(), nil
}

func newRemote(o Options) *remote {
	dialer := &net.Dialer{Timeout: remoteTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		if o.AllowPrivate {
			return nil
		}
		return publicAddress(address)
	}}
	r := &remote{allowed: o.AllowRemote, final: map[string]string{}}
	r.client = &http.Client{
		Timeout:       remoteTimeout,
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: r.redirect,
	}
	return r
}

// permit reports whether the URL is one that may be read.
func (r *remote) permit(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is not an http or https URL: copy the file beside the contract", clip(u.String()))
	}
	if u.User != nil {
		return fmt.Errorf("the URL of host %q holds a user name or password: remove it", u.Hostname())
	}
	for _, host := range r.allowed {
		if strings.EqualFold(host, u.Host) || strings.EqualFold(host, u.Hostname()) {
			return nil
		}
	}
	return fmt.Errorf("host %q is not allowed: allow it with --allow-remote %s, or download the contract", u.Host, u.Host)
}

func (r *remote) redirect(req *http.Request, via []*http.Request) error {
	switch first := via[0].URL; {
	case len(via) > 5:
		return errors.New("more than 5 redirects: give the final URL")
	case req.URL.Host != first.Host:
		return fmt.Errorf("it redirects to another host, %q: give the final URL", req.URL.Host)
	case first.Scheme == "https" && req.URL.Scheme != "https":
		return errors.New("it redirects from https to http: give the final URL")
	}
	return nil
}

func (r *remote) name(id string) string { return id }

func (r *remote) join(base, ref string) (string, error) {
	if final, ok := r.final[base]; ok {
		base = final
	}
	b, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	u, err := b.Parse(ref)
	if err != nil {
		return "", fmt.Errorf("%q is no reference: %w", clip(ref), err)
	}
	if u.Host != b.Host {
		return "", fmt.Errorf("%q is on another host than the contract: references stay on its host", clip(ref))
	}
	u.Fragment = ""
	return u.String(), r.permit(u)
}

func (r *remote) read(ctx context.Context, id string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, remoteTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, id, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, application/yaml, */*;q=0.5")
	resp, err := r.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the host answers %s: check the URL", id, resp.Status)
	}
	if last := resp.Request.URL.String(); last != id {
		r.final[id] = last
	}
	return readLimited(resp.Body, id)
}

// reserved are the address blocks that are not on the public internet and that netip has no predicate for.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// publicAddress refuses to connect to an address that is private, local or reserved. It sees the address that is
// dialled, after the look-up, so that no name can hide one.
func publicAddress(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %q is not understood", address)
	}
	ip := ap.Addr().Unmap().WithZone("")
	private := !ip.IsGlobalUnicast() || ip.IsPrivate()
	for _, p := range reserved {
		private = private || p.Contains(ip)
	}
	if private {
		return fmt.Errorf("%s is a private address: download the contract and give the file", ip)
	}
	return nil
}

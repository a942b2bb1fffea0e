package proxy

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"
)

// calls are the functions that a PAC file may call (Netscape, "Navigator Proxy
// Auto-Config File Format", 1996; those with Ex: Microsoft, "IPv6 Extensions to
// Navigator Auto-Config File Format").
type calls struct {
	opt   Options
	vm    *goja.Runtime
	ctx   context.Context
	names map[string][]netip.Addr // answers of DNS during one run
	slept atomic.Int64            // nanoseconds in DNS queries
	since atomic.Int64            // when the query under way began; 0: none
}

func (c *calls) begin(ctx context.Context) {
	c.ctx, c.names = ctx, map[string][]netip.Addr{}
	c.slept.Store(0)
}

func (c *calls) waited() time.Duration {
	d := time.Duration(c.slept.Load())
	if began := c.since.Load(); began != 0 {
		d += time.Since(time.Unix(0, began))
	}
	return d
}

func (c *calls) define() error {
	functions := map[string]any{
		"alert":               func(goja.FunctionCall) goja.Value { return goja.Undefined() },
		"isPlainHostName":     func(host string) bool { return !strings.ContainsAny(host, ".:") },
		"dnsDomainIs":         dnsDomainIs,
		"localHostOrDomainIs": localHostOrDomainIs,
		"dnsDomainLevels":     func(host string) int { return strings.Count(host, ".") },
		"shExpMatch":          func(s, pattern string) bool { return glob(pattern, s) },
		"convert_addr":        convertAddr,
		"isResolvable":        func(host string) bool { return len(c.v4(host)) > 0 },
		"dnsResolve":          func(host string) goja.Value { return c.text(c.v4(host)) },
		"isInNet":             c.isInNet,
		"myIpAddress":         c.myIPAddress,
		"isResolvableEx":      func(host string) bool { return len(c.resolve(host)) > 0 },
		"dnsResolveEx":        func(host string) string { return join(c.resolve(host)) },
		"isInNetEx":           c.isInNetEx,
		"myIpAddressEx":       func() string { return join(c.own()) },
		"weekdayRange":        c.weekdayRange,
		"dateRange":           c.dateRange,
		"timeRange":           c.timeRange,
	}
	for name, f := range functions {
		if err := c.vm.Set(name, f); err != nil {
			return err
		}
	}
	return nil
}

func dnsDomainIs(host, domain string) bool {
	return strings.HasSuffix(strings.ToLower(host), strings.ToLower(domain))
}

func localHostOrDomainIs(host, full string) bool {
	host, full = strings.ToLower(host), strings.ToLower(full)
	return host == full || !strings.Contains(host, ".") && strings.HasPrefix(full, host+".")
}

// convertAddr is the number of an IPv4 address; 0 for what is none.
func convertAddr(address string) uint32 {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Is4() {
		return 0
	}
	b := ip.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

func (c *calls) isInNet(host, pattern, mask string) bool {
	p, err := netip.ParseAddr(pattern)
	m, err2 := netip.ParseAddr(mask)
	if err != nil || err2 != nil || !p.Is4() || !m.Is4() {
		return false
	}
	addresses := c.v4(host)
	bits := convertAddr(mask)
	return len(addresses) > 0 && convertAddr(addresses[0].String())&bits == convertAddr(pattern)&bits
}

func (c *calls) isInNetEx(host, prefix string) bool {
	p, err := netip.ParsePrefix(prefix)
	return err == nil && slices.ContainsFunc(c.resolve(host), p.Contains)
}

// resolve asks DNS once for each name in a run.
func (c *calls) resolve(host string) []netip.Addr {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip.Unmap()}
	}
	if found, ok := c.names[host]; ok {
		return found
	}
	began := time.Now()
	c.since.Store(began.UnixNano())
	ips, err := c.opt.Lookup(c.ctx, host)
	c.slept.Add(int64(time.Since(began)))
	c.since.Store(0)
	var found []netip.Addr
	for _, ip := range ips {
		if a, ok := netip.AddrFromSlice(ip); ok && err == nil {
			found = append(found, a.Unmap())
		}
	}
	c.names[host] = found
	return found
}

func (c *calls) v4(host string) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(c.resolve(host)), func(a netip.Addr) bool { return !a.Is4() })
}

func (c *calls) text(addresses []netip.Addr) goja.Value {
	if len(addresses) == 0 {
		return goja.Null()
	}
	return c.vm.ToValue(addresses[0].String())
}

func join(addresses []netip.Addr) string {
	var texts []string
	for _, a := range addresses {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, ";")
}

// own are this PC's addresses, those of the network first.
func (c *calls) own() []netip.Addr {
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var found []netip.Addr
	for _, i := range interfaces {
		if n, ok := i.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			if a, ok := netip.AddrFromSlice(n.IP); ok {
				found = append(found, a.Unmap())
			}
		}
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return bytes.Compare(family(a), family(b)) })
	return found
}

func family(a netip.Addr) []byte {
	if a.Is4() {
		return []byte{4}
	}
	return []byte{6}
}

func (c *calls) myIPAddress() string {
	if own := c.own(); len(own) > 0 && own[0].Is4() {
		return own[0].String()
	}
	return "127.0.0.1"
}

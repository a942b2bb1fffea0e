package region

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"raccordo/host/internal/sim/region/faults"
)

const handshakeTime = 2 * time.Minute // a person may be asked for a PIN in it

// door is one TLS listener with its server. It makes each handshake itself, so
// that counting and logging happen after the peer proved its key, and a client
// that is slow to sign holds up nobody else.
type door struct {
	name     string
	region   *Region
	listener net.Listener
	config   *tls.Config
	server   *http.Server
	ready    chan net.Conn
	done     chan struct{}
	once     sync.Once
	mutex    sync.Mutex
	shaking  map[net.Conn]struct{}
	pending  sync.WaitGroup
}

var _ net.Listener = (*door)(nil)

func (r *Region) newDoor(name, addr string, handler http.Handler, config *tls.Config) (*door, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	cert, err := r.options.ServerCA.Server(hostsOf(l.Addr())...)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	config.Certificates = []tls.Certificate{cert}
	config.MinVersion = tls.VersionTLS12
	config.NextProtos = []string{"http/1.1"} // as the ministry's gateway
	return &door{
		name: name, region: r, listener: l, config: config,
		ready: make(chan net.Conn), done: make(chan struct{}), shaking: map[net.Conn]struct{}{},
		server: &http.Server{
			Handler: handler, TLSConfig: config,
			ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, IdleTimeout: 30 * time.Minute,
			ErrorLog: log.New(r.log.With().Str("listener", name).Logger(), "", 0),
		},
	}, nil
}

func (d *door) url() string {
	if d == nil {
		return ""
	}
	return "https://" + d.listener.Addr().String()
}

// serve accepts until close.
func (d *door) serve(ctx context.Context) {
	d.pending.Go(func() { d.acceptLoop(ctx) })
	if err := d.server.Serve(d); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		d.region.log.Error().Err(err).Str("listener", d.name).Msg("listener ended")
	}
	d.pending.Wait()
}

func (d *door) acceptLoop(ctx context.Context) {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return
		}
		if d.region.down.Load() {
			faults.Reset(conn)
			continue
		}
		d.mutex.Lock()
		d.shaking[conn] = struct{}{}
		d.mutex.Unlock()
		d.pending.Go(func() { d.shake(ctx, conn) })
	}
}

func (d *door) shake(ctx context.Context, raw net.Conn) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	conn := tls.Server(raw, d.config)
	err := conn.HandshakeContext(ctx)
	d.mutex.Lock()
	delete(d.shaking, raw)
	d.mutex.Unlock()
	if err != nil {
		d.region.recordHandshakeFailure(d.name, raw.RemoteAddr(), err)
		faults.Farewell(raw)
		return
	}
	d.region.recordHandshake(d.name, raw.RemoteAddr(), conn.ConnectionState())
	select {
	case d.ready <- conn:
	case <-d.done:
		_ = conn.Close()
	}
}

// Accept gives the server connections whose handshake succeeded.
func (d *door) Accept() (net.Conn, error) {
	select {
	case c := <-d.ready:
		return c, nil
	case <-d.done:
		return nil, net.ErrClosed
	}
}

// Close ends accepting; it is called by the server and by close.
func (d *door) Close() error {
	d.once.Do(func() {
		close(d.done)
		_ = d.listener.Close()
		d.mutex.Lock()
		defer d.mutex.Unlock()
		for c := range d.shaking {
			_ = c.Close()
		}
	})
	return nil
}

// Addr is the listening address.
func (d *door) Addr() net.Addr { return d.listener.Addr() }

func (d *door) close() {
	_ = d.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if d.server.Shutdown(ctx) != nil {
		_ = d.server.Close()
	}
}

// refuseSigningCertificates turns away the card's other certificate: a key for
// non-repudiation must not authenticate (CNS rules: keyUsage digitalSignature).
func refuseSigningCertificates(raw [][]byte, _ [][]*x509.Certificate) error {
	leaf, err := x509.ParseCertificate(raw[0])
	if err != nil {
		return err
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return errors.New("client certificate is not for authentication")
	}
	return nil
}

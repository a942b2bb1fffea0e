package faults

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Pages as gateways show them, in no format that a client of services reads.
const (
	brokenPage      = `<html><head><title>500 Internal Server Error</title></head><body><h1>500 Internal Server Error</h1></body></html>`
	unavailablePage = `<html><body><h1>503 Service Unavailable</h1></body></html>`
	crowdedPage     = `<html><body><h1>429 Too Many Requests</h1></body></html>`
	maintenancePage = `<!DOCTYPE html>
<html lang="it">
<head><meta charset="utf-8"><title>Servizio in manutenzione</title></head>
<body>
<h1>Servizio in manutenzione</h1>
<p>SIMULATORE – Il servizio è temporaneamente sospeso per un intervento programmato. Riprovare più tardi.</p>
</body>
</html>
`
)

func writePage(w http.ResponseWriter, status int, page string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(page)) // a client that went away needs no answer
}

// record takes an answer that is not sent, or not as it is.
type record struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecord(w http.ResponseWriter) *record {
	return &record{header: w.Header().Clone(), status: http.StatusOK}
}

func (r *record) Header() http.Header         { return r.header }
func (r *record) Write(b []byte) (int, error) { return r.body.Write(b) }
func (r *record) WriteHeader(status int)      { r.status = status }

// send gives the answer to the client after all.
func (r *record) send(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes()) // a client that went away needs no answer
}

// reading is how long a client gets to read what came before the reset.
const reading = 50 * time.Millisecond

// cut sends the headers and half of the body, then resets the connection. An
// answer without a body is cut in its headers.
func (r *record) cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer Reset(conn)
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", r.status, http.StatusText(r.status))
	r.header.Set("Content-Length", strconv.Itoa(r.body.Len()))
	_ = r.header.Write(&head) // into memory
	head.WriteString("\r\n")
	part := append(head.Bytes(), r.body.Bytes()[:r.body.Len()/2]...)
	if r.body.Len() == 0 {
		part = part[:len(part)/2]
	}
	if _, err := conn.Write(part); err == nil {
		time.Sleep(reading)
	}
}

// Reset ends a connection with RST, as a machine that is not there would.
func Reset(conn net.Conn) {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

package region

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/sim/region/faults"
)

// Exchange is one request as the region saw it. Secrets are masked: pinCode,
// codiceAss, pwd, ids of sessions; the PDF is left out.
type Exchange struct {
	ID                int
	At                time.Time
	Took              time.Duration
	Listener, Service Service
	Method, Path      string
	Doctor            string // codice fiscale of who called, once it was known
	NRE               string
	Status            int    // of HTTP; 0: no answer was sent
	Outcome           string // 0000, 0001, "9999 5004", a SOAP fault's code; empty: nothing was carried out
	Faults            []faults.Kind
	Executions        []Execution // what was carried out for it: twice when doubled, later when late
	Request, Answer   string
}

// Execution is one time that a request was carried out.
type Execution struct {
	At      time.Time
	Outcome string
}

// AuditFilter chooses exchanges; zero values choose all.
type AuditFilter struct {
	After                int // only newer ones
	Service              Service
	Doctor, NRE, Outcome string // Outcome: one of its words
	Fault                faults.Kind
	Limit                int // 0: all that are remembered
}

func (f AuditFilter) fit(x *Exchange) bool {
	return x.ID > f.After && (f.Service == "" || x.Service == f.Service) && (f.Doctor == "" || x.Doctor == f.Doctor) &&
		(f.NRE == "" || x.NRE == f.NRE) && (f.Outcome == "" || slices.Contains(strings.Fields(x.Outcome), f.Outcome)) &&
		(f.Fault == "" || slices.Contains(x.Faults, f.Fault))
}

// audit remembers the last exchanges.
type audit struct {
	mutex  sync.Mutex
	ring   []*Exchange
	last   int
	load   *load
	record *recorder // nil: nothing is written down
}

func newAudit(size int, dir string) *audit {
	a := &audit{ring: make([]*Exchange, 0, size), load: newLoad()}
	if dir != "" {
		a.record = &recorder{dir: dir}
	}
	return a
}

// Audit lists exchanges, newest first.
func (r *Region) Audit(f AuditFilter) (list []Exchange) {
	a := r.audit
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for id := a.last; id > 0 && id > a.last-len(a.ring) && (f.Limit == 0 || len(list) < f.Limit); id-- {
		if x := a.ring[(id-1)%cap(a.ring)]; f.fit(x) {
			copied := *x
			copied.Faults, copied.Executions = slices.Clone(x.Faults), slices.Clone(x.Executions)
			list = append(list, copied)
		}
	}
	return list
}

// begin opens an exchange and gives it its place in the ring.
func (a *audit) begin(x *Exchange) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.last++
	x.ID = a.last
	if len(a.ring) < cap(a.ring) {
		a.ring = append(a.ring, x)
	} else {
		a.ring[(x.ID-1)%cap(a.ring)] = x
	}
	a.load.request(x.At, x.Service)
}

// with changes the exchange that a request belongs to, if it is audited.
func (r *Region) with(q *http.Request, change func(*Exchange)) {
	if x, ok := q.Context().Value(exchangeKey{}).(*Exchange); ok {
		r.audit.mutex.Lock()
		defer r.audit.mutex.Unlock()
		change(x)
	}
}

type exchangeKey struct{}

// audited opens an exchange for each request to next.
func (r *Region) audited(listener, service Service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		started := time.Now()
		x := &Exchange{At: r.today(), Listener: listener, Service: service, Method: q.Method, Path: q.URL.Path}
		r.audit.begin(x)
		watch := &watcher{ResponseWriter: w}
		defer func() {
			r.audit.mutex.Lock()
			defer r.audit.mutex.Unlock()
			x.Status, x.Took = watch.status, time.Since(started)
			if x.Answer == "" {
				x.Answer = masked(watch.start.String())
			}
			if x.Status >= http.StatusInternalServerError || x.Status == 0 {
				r.audit.load.failure(x.At)
			}
		}()
		next.ServeHTTP(watch, q.WithContext(context.WithValue(q.Context(), exchangeKey{}, x)))
	})
}

// watcher sees what is sent.
type watcher struct {
	http.ResponseWriter
	status int
	start  bytes.Buffer
}

const watched = 8 << 10 // bytes of an answer that are kept when nobody says better

func (w *watcher) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *watcher) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if room := watched - w.start.Len(); room > 0 {
		w.start.Write(b[:min(room, len(b))])
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController take the connection over.
func (w *watcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// called notes who calls.
func (r *Region) called(q *http.Request, doctor string) {
	r.with(q, func(x *Exchange) { x.Doctor = doctor })
}

// received notes the request of a SOAP service, executed what it came to.
func (r *Region) received(q *http.Request, request []byte) {
	r.with(q, func(x *Exchange) {
		if x.Request == "" {
			x.Request, x.NRE = masked(string(request)), textOf(request, "nre")
		}
	})
}

func (r *Region) executed(q *http.Request, op operation, request []byte, answer string) {
	done := outcomeIn(answer)
	r.with(q, func(x *Exchange) {
		x.Executions = append(x.Executions, Execution{r.today(), done})
		x.Outcome, x.Answer = done, masked(answer)
		if nre := textOf([]byte(answer), "nre"); x.NRE == "" {
			x.NRE = nre
		}
	})
	if err := r.audit.record.keep(op.service, request, answer); err != nil {
		r.log.Error().Err(err).Msg("exchange not recorded")
	}
}

// secrets are elements whose text nobody is shown, and sessions' ids.
var secrets = regexp.MustCompile(`((?:pinCode|codiceAss|pwd)[^>]*>)[^<]+|("id":")[^"]+`)

// masked hides secrets and leaves the PDF out.
func masked(text string) string {
	if head, rest, found := strings.Cut(text, "<pdfPromemoria>"); found {
		_, tail, _ := strings.Cut(rest, "</pdfPromemoria>")
		text = head + "<pdfPromemoria>…</pdfPromemoria>" + tail
	}
	return secrets.ReplaceAllString(text, "${1}${2}…")
}

var (
	codes     = regexp.MustCompile(`(?i)<(?:\w+:)?codEsito[A-Za-z]*>([0-9]{2,4})<`)
	faultCode = regexp.MustCompile(`<faultcode>env:([^<]+)<`)
)

// outcomeIn reads an answer's outcome and, of a refusal, its first code.
func outcomeIn(answer string) string {
	head, _, _ := strings.Cut(answer, "<pdfPromemoria>")
	if f := faultCode.FindStringSubmatch(head); f != nil {
		return f[1]
	}
	var list []string
	for _, m := range codes.FindAllStringSubmatch(head, 2) {
		list = append(list, m[1])
	}
	if len(list) > 1 && list[1] == outcomeOK {
		list = list[:1]
	}
	return strings.Join(list, " ")
}

// textOf is the text of the first element of that local name.
func textOf(document []byte, local string) string {
	_, rest, found := bytes.Cut(document, []byte(local+">"))
	if !found {
		return ""
	}
	text, _, _ := bytes.Cut(rest, []byte("<"))
	return string(text)
}

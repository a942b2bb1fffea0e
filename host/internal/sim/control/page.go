package control

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"slices"

	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.New("pannello.html").Funcs(template.FuncMap{
	"places": placesOf, "titled": nameOf,
	"slow":        faults.Kind.Delayed,
	"skewed":      func(k faults.Kind) bool { return k == faults.ClockSkew },
	"maintenance": func(k faults.Kind) bool { return k == faults.Maintenance },
}).ParseFS(pageFiles, "page/pannello.html"))

// view is what the template shows.
type view struct {
	State
	Groups  []group
	Actions []action
	Counted []faults.Service
	Problem string
	Login   bool
	Signing bool
	// Declared: substitutes must have been declared.
	Declared bool
}

func (p panel) servePage(w http.ResponseWriter, _ *http.Request) { p.show(w, nil) }

// show writes the page, with what went wrong if anything did.
func (p panel) show(w http.ResponseWriter, problem *Error) {
	v := view{State: p.state(), Groups: catalog, Actions: actions, Counted: slices.Concat(region.Services(), idp.Services(), signing.Services()), Signing: p.Signing != nil, Login: p.Login != nil, Declared: p.Region.PreAuthorisation()}
	status := http.StatusOK
	if problem != nil {
		v.Problem, status = problem.Message, problem.Status
	}
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, v); err != nil {
		refuse(w, typed(err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a reader that went away is no error of ours
}

func (p panel) serveFile(w http.ResponseWriter, q *http.Request) {
	http.ServeFileFS(w, q, pageFiles, "page"+q.URL.Path)
}

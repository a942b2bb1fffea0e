package control

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"

	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
)

var (
	logTemplate           = pageNamed("registro.html")
	prescriptionsTemplate = pageNamed("ricette.html")
)

func pageNamed(name string) *template.Template {
	return template.Must(template.New(name).Funcs(template.FuncMap{
		"titled": nameOf, "indented": indented,
		"service": func(s string) string { return nameOf(faults.Service(s)) },
		"fault":   func(k string) string { return titleOf(faults.Kind(k)) },
		"words":   func(s string) string { return strings.ReplaceAll(s, "-", " ") },
		"kinds":   faults.Kinds,
	}).ParseFS(pageFiles, "page/"+name))
}

type logView struct {
	Log
	Signing  bool
	Asked    region.AuditFilter
	Services []faults.Service
}

func (p panel) serveLogPage(w http.ResponseWriter, q *http.Request) {
	f, err := asked(q.URL.Query())
	if err != nil {
		refuse(w, typed(err))
		return
	}
	f.Limit = min(f.Limit, standardLog)
	showTemplate(w, logTemplate, logView{p.log(f), p.Signing != nil, f, region.Services()})
}

type prescriptionsView struct {
	Prescriptions
	Signing         bool
	Doctor, Patient string
	Live            bool
}

func (p panel) servePrescriptionsPage(w http.ResponseWriter, q *http.Request) {
	v := q.URL.Query()
	showTemplate(w, prescriptionsTemplate, prescriptionsView{p.prescriptions(v, standardLog), p.Signing != nil, v.Get("medico"), v.Get("assistito"), v.Get("vive") == "1"})
}

func showTemplate(w http.ResponseWriter, t *template.Template, v any) {
	var body bytes.Buffer
	if err := t.Execute(&body, v); err != nil {
		refuse(w, typed(err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.Bytes()) // a reader that went away is no error of ours
}

// indented lays XML out for people, an element a line. It only looks at angle
// brackets: what is shown may be half a document.
func indented(xml string) string {
	var out strings.Builder
	depth := 0
	for i, part := range strings.Split(strings.NewReplacer("><", ">\x00<", ">\n<", ">\x00<").Replace(xml), "\x00") {
		closing := strings.HasPrefix(part, "</")
		if closing {
			depth--
		}
		if i > 0 {
			out.WriteString("\n" + strings.Repeat("  ", max(depth, 0)))
		}
		out.WriteString(part)
		if strings.HasPrefix(part, "<") && !closing && !strings.HasSuffix(part, "/>") && !strings.Contains(part, "</") && !strings.HasPrefix(part, "<?") && !strings.HasPrefix(part, "<!") {
			depth++
		}
	}
	return out.String()
}

package region

import (
	"net/http"
	"time"
)

// FSE states as the portal's service tells them.
const (
	fsePending = "in_lavorazione"
	fseVisible = "visibile"
	fseHidden  = "oscurato"
)

// serveFSEState tells a prescriber whether his prescription can be seen in the
// patient's FSE: Sistema TS converts it and puts it there some time after it was
// accepted; one whose patient wanted it hidden (oscuramDati) is there unseen.
func (r *Region) serveFSEState(w http.ResponseWriter, q *http.Request) {
	p, known := r.archive.find(q.PathValue("nre"), r.today())
	doctor := sessionOf(q).Doctor.CF
	r.with(q, func(x *Exchange) { x.NRE = q.PathValue("nre") })
	switch {
	case !known || !p.exists():
		problem(w, http.StatusNotFound, "ricetta-assente", "La ricetta non è presente nel FSE.")
		return
	case !p.of(doctor):
		problem(w, http.StatusForbidden, "ricetta-altro-medico", "La ricetta è di un altro medico.")
		return
	}
	state, since := fsePending, p.Inserted
	if seen := p.Inserted.Add(time.Duration(r.fseDelay.Load())); !r.now().Before(seen) {
		state, since = fseVisible, seen
		if p.Fields["oscuramDati"] == "1" {
			state = fseHidden
		}
	}
	writeJSON(w, http.StatusOK, "application/json", map[string]string{"stato": state, "dal": since.In(r.rome).Format(time.RFC3339)})
}

// SetFSEDelay changes how long it takes until a prescription is seen in the FSE.
func (r *Region) SetFSEDelay(d time.Duration) { r.fseDelay.Store(int64(d)) }

// FSEDelay is how long it takes.
func (r *Region) FSEDelay() time.Duration { return time.Duration(r.fseDelay.Load()) }

// SetPreAuthorisation makes the region refuse substitutes who were not
// declared, or not.
func (r *Region) SetPreAuthorisation(on bool) { r.preAuthorisation.Store(on) }

// PreAuthorisation tells which.
func (r *Region) PreAuthorisation() bool { return r.preAuthorisation.Load() }

package region

import (
	"slices"
	"sync"
)

// Refusal is an answer ordered in advance: the next request of a doctor to a
// service gets this code, whatever it holds.
type Refusal struct {
	Service Service // "": send
	Doctor  string  // codice fiscale of the sender; "": anybody
	Code    string  // four digits
	Text    string  // "": as the code's, if it is known
	Warning bool    // it is done all the same, with outcome 0001
	Times   int     // how often; 0: once
}

// refusals are those to come.
type refusals struct {
	mutex sync.Mutex
	list  []Refusal
}

// RefuseNext orders an answer.
func (r *Region) RefuseNext(o Refusal) {
	if o.Service == "" {
		o.Service = ServiceSend
	}
	if o.Text == "" {
		o.Text = TextOf(o.Code)
	}
	o.Times = max(o.Times, 1)
	r.refusals.mutex.Lock()
	defer r.refusals.mutex.Unlock()
	r.refusals.list = append(r.refusals.list, o)
}

// Refusals lists the ordered answers to come; Times is what is left.
func (r *Region) Refusals() []Refusal {
	r.refusals.mutex.Lock()
	defer r.refusals.mutex.Unlock()
	return slices.Clone(r.refusals.list)
}

// ClearRefusals cancels them.
func (r *Region) ClearRefusals() {
	r.refusals.mutex.Lock()
	defer r.refusals.mutex.Unlock()
	r.refusals.list = nil
}

// ordered gives the remarks ordered for a request, and uses them up.
func (r *Region) ordered(service Service, s session) (list []remark) {
	r.refusals.mutex.Lock()
	defer r.refusals.mutex.Unlock()
	for i, o := range r.refusals.list {
		if o.Service != service || o.Doctor != "" && o.Doctor != s.Doctor.CF {
			continue
		}
		if o.Times == 1 {
			r.refusals.list = slices.Delete(r.refusals.list, i, i+1)
		} else {
			r.refusals.list[i].Times--
		}
		severity := blocking
		if o.Warning {
			severity = warning
		}
		return []remark{{o.Code, o.Text, "0", severity}}
	}
	return nil
}

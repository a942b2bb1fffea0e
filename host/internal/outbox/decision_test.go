package outbox

import (
	"testing"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// unknownAs is a record whose fate is open.
func unknownAs(edit func(*Record)) Record {
	r := sending(1)
	r.State, r.Next = Unknown, View
	if edit != nil {
		edit(&r)
	}
	return r
}

func as(aim Aim) func(*Record) { return func(r *Record) { r.Aim = aim } }

func stamp(t time.Time) string { return t.In(ricetta.Rome()).Format(ricetta.Timestamp) }

// there is our prescription as the region shows it.
func there(state string) *wire.ViewResult {
	p := rx("c1")
	return &wire.ViewResult{NRE: "0900A0000000100", State: state, CodAutenticazione: "AUT", InsertedAt: "x", TipoPrescrizione: p.TipoPrescrizione,
		CompiledAt: stamp(noon.Add(-time.Minute)), Dettagli: p.Dettagli}
}

func viewed(state string, edit func(*wire.ViewResult)) Outcome {
	v := there(state)
	if edit != nil {
		edit(v)
	}
	return Outcome{View: v}
}

// expected is where a decision leads.
type expected struct {
	state  State
	next   Kind
	aim    Aim
	nre    string
	decide bool
	waits  bool
	now    bool // goes on at once
}

const number = "0900A0000000100"

func leads(t *testing.T, d decision, want expected) {
	t.Helper()
	got := expected{d.r.State, d.r.Next, d.r.Aim, d.r.NRE, d.r.Decide, d.r.Waits, !d.ended && d.r.State != Sent && d.r.State != Refused && d.r.State != Cancelled}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAnswerToAView(t *testing.T) {
	absent := Outcome{Err: bang{wire.ErrRxNone, false}}
	elsewhere := func(v *wire.ViewResult) { v.CompiledAt = "2020-01-01 10:00:00" }
	rounded := func(v *wire.ViewResult) { v.CompiledAt = stamp(rounded(noon)) }
	old := noon.Add(-time.Hour)
	older := func(v *wire.ViewResult) { v.CompiledAt = stamp(old) }
	corrected := func(r *Record) { r.Former = []time.Time{old} }
	tests := []struct {
		name string
		r    func(*Record)
		out  Outcome
		want expected
	}{
		{"ours", nil, viewed("3", nil), expected{state: Sent, nre: number}},
		{"dispensed meanwhile", nil, viewed("8", nil), expected{state: Sent, nre: number}},
		{"not there: the same again", nil, absent, expected{state: Unknown, next: Send, nre: number, now: true}},
		{"a number without a prescription", nil, viewed("2", nil), expected{state: Unknown, next: Send, nre: number, now: true}},
		{"a lot's number", nil, viewed("1", nil), expected{state: Unknown, next: Send, nre: number, now: true}},
		{"taken, yet not there", func(r *Record) { r.Taken = true }, absent, expected{state: Unknown, next: View, nre: number}},
		{"not there, ten sends ago", func(r *Record) { r.Tries = maxTries }, absent, expected{state: Unknown, next: Send, nre: number, waits: true}},
		{"no proof yet", nil, viewed("3", func(v *wire.ViewResult) { v.CodAutenticazione = "" }), expected{state: Unknown, next: View, nre: number}},
		{"cancelled by somebody", nil, viewed("4", nil), expected{state: Refused}},
		{"another's", nil, viewed("3", elsewhere), expected{state: Refused}},
		{"rounded date, same items", nil, viewed("3", rounded), expected{state: Sent, nre: number}},
		{"rounded to another day", nil, viewed("3", func(v *wire.ViewResult) { v.CompiledAt = "2026-11-20 00:00:00" }), expected{state: Refused}},
		{"rounded date, other items", nil, viewed("3", func(v *wire.ViewResult) { rounded(v); v.Dettagli = nil }), expected{state: Unknown, next: View, nre: number, decide: true}},
		{"an earlier version", corrected, viewed("3", older), expected{state: Unknown, next: Cancel, aim: Replace, nre: number, now: true}},
		{"an earlier version, dead", corrected, viewed("4", older), expected{state: Queued, now: true}},
		{"an earlier version, dispensed", corrected, viewed("8", older), expected{state: Unknown, next: View, nre: number, decide: true}},
		{"corrected, rounded date", corrected, viewed("3", rounded), expected{state: Unknown, next: View, nre: number, decide: true}},
		{"corrected, rounded date, dead", corrected, viewed("4", rounded), expected{state: Refused}},
		{"to be replaced, rounded date, dead", func(r *Record) { corrected(r); r.Aim = Replace }, viewed("4", rounded), expected{state: Queued, now: true}},
		{"the doctor's number, other contents, dead", func(r *Record) { corrected(r); r.Vouched = true }, viewed("4", func(v *wire.ViewResult) { v.CompiledAt = stamp(noon.Add(-30 * time.Hour)) }), expected{state: Unknown, next: View, nre: number, decide: true}},
		{"given up, there", as(Gone), viewed("3", nil), expected{state: Unknown, next: Cancel, aim: Gone, nre: number, now: true}},
		{"given up, dead", as(Gone), viewed("4", nil), expected{state: Cancelled, aim: Gone, nre: number}},
		{"given up, not there: sent to be cancelled", as(Gone), absent, expected{state: Unknown, next: Send, aim: Gone, nre: number, now: true}},
		{"given up, dispensed", as(Gone), viewed("8", nil), expected{state: Sent, nre: number}},
		{"given up, another's", as(Gone), viewed("3", elsewhere), expected{state: Cancelled, aim: Gone, nre: number}},
		{"to be replaced, there", as(Replace), viewed("3", nil), expected{state: Unknown, next: Cancel, aim: Replace, nre: number, now: true}},
		{"to be replaced, dead", as(Replace), viewed("4", nil), expected{state: Queued, now: true}},
		{"to be replaced, another's", as(Replace), viewed("3", elsewhere), expected{state: Queued, now: true}},
		{"a cancellation is on its way", func(r *Record) { r.Cancels = 1 }, viewed("3", nil), expected{state: Unknown, next: Cancel, aim: Replace, nre: number, now: true}},
		{"the doctor's number, as he said", func(r *Record) { r.Vouched = true }, viewed("3", func(v *wire.ViewResult) { rounded(v); v.Dettagli = nil }), expected{state: Sent, nre: number}},
		{"the doctor's number, not there", func(r *Record) { r.Vouched = true }, absent, expected{state: Unknown, next: View, nre: number, decide: true}},
		{"the doctor's number, another's", func(r *Record) { r.Vouched = true }, viewed("3", elsewhere), expected{state: Unknown, next: View, nre: number, decide: true}},
		{"region down", nil, Outcome{Err: bang{wire.ErrRegionDown, false}}, expected{state: Unknown, next: View, nre: number}},
		{"an answer that is none", nil, Outcome{}, expected{state: Unknown, next: View, nre: number}},
		{"refuses to tell, the tenth time", func(r *Record) { r.Asks = maxAsks - 1 }, Outcome{Err: bang{wire.ErrRxRefused, false}}, expected{state: Unknown, next: View, nre: number, waits: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decide(unknownAs(tt.r), View, tt.out, Options{}, noon, 0.5)
			leads(t, d, tt.want)
			if d.renumber != (d.r.State == Queued) {
				t.Error("renumber", d.renumber)
			}
			if d.r.State == Sent && (d.r.CodAutenticazione == "" || d.r.Prescription != nil) {
				t.Errorf("sent without its proof, or with its data: %+v", d.r)
			}
		})
	}
}

func TestAnswerToACancellation(t *testing.T) {
	left := func(aim Aim, cancels int) func(*Record) {
		return func(r *Record) { r.Aim, r.Cancels = aim, cancels }
	}
	none, state := Outcome{Err: bang{wire.ErrRxNone, false}}, Outcome{Err: bang{wire.ErrRxState, false}}
	lost := Outcome{Err: bang{wire.ErrRegionTime, true}}
	tests := []struct {
		name    string
		r       func(*Record)
		out     Outcome
		want    expected
		cancels int
	}{
		{"the region's rule, done: a new number", left(Live, 1), Outcome{}, expected{state: Queued, now: true}, 0},
		{"the region's rule, not known: the same number", left(Live, 1), none, expected{state: Unknown, next: Send, nre: number, now: true}, 0},
		{"not known, and one more is on its way", left(Live, 2), none, expected{state: Unknown, next: Send, aim: Replace, nre: number, now: true}, 1},
		{"the answer got lost", left(Live, 1), lost, expected{state: Unknown, next: Cancel, aim: Replace, nre: number}, 1},
		{"it never left", left(Live, 1), Outcome{Err: bang{wire.ErrRegionDown, false}}, expected{state: Unknown, next: Cancel, nre: number}, 0},
		{"no session", left(Live, 1), Outcome{Err: bang{wire.ErrSessionEnded, false}}, expected{state: Unknown, next: Cancel, nre: number, now: true}, 0},
		{"in another state: look", left(Live, 1), state, expected{state: Unknown, next: View, nre: number, now: true}, 0},
		{"in another state for ever", func(r *Record) { r.Cancels, r.Asks = 1, maxAsks-1 }, state, expected{state: Unknown, next: View, nre: number, decide: true}, 0},
		{"not ours to cancel", left(Gone, 1), Outcome{Err: bang{wire.ErrRxRefused, false}}, expected{state: Unknown, next: View, aim: Gone, nre: number, decide: true}, 0},
		{"given up, done", left(Gone, 1), Outcome{}, expected{state: Cancelled, aim: Gone, nre: number}, 0},
		{"given up, not known: sent to be cancelled", left(Gone, 1), none, expected{state: Unknown, next: Send, aim: Gone, nre: number, now: true}, 0},
		{"replaced, done", left(Replace, 3), Outcome{}, expected{state: Queued, now: true}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decide(unknownAs(tt.r), Cancel, tt.out, Options{}, noon, 0.5)
			leads(t, d, tt.want)
			if d.r.State == Unknown && d.r.Cancels != tt.cancels {
				t.Errorf("%d cancellations on their way, want %d", d.r.Cancels, tt.cancels)
			}
		})
	}
}

func TestAnswerToASearch(t *testing.T) {
	mine := wire.ListedPrescription{NRE: "1300A4000000001", TipoPrescrizione: "F", CodiceAssistito: rx("").CodiceAssistito, CompiledAt: stamp(noon.Add(-time.Minute)), CodAutenticazione: "AUT"}
	change := func(edit func(*wire.ListedPrescription)) wire.ListedPrescription {
		m := mine
		edit(&m)
		return m
	}
	later := change(func(l *wire.ListedPrescription) { l.CompiledAt = stamp(noon.Add(-59 * time.Second)) })
	day := change(func(l *wire.ListedPrescription) { l.CompiledAt = stamp(rounded(noon)) })
	tests := []struct {
		name  string
		r     func(*Record)
		found []wire.ListedPrescription
		err   error
		want  expected
	}{
		{"exactly one", nil, []wire.ListedPrescription{later, mine}, nil, expected{state: Sent, nre: mine.NRE}},
		{"one, without its proof", nil, []wire.ListedPrescription{change(func(l *wire.ListedPrescription) { l.CodAutenticazione = "" })}, nil, expected{state: Unknown, next: View, nre: mine.NRE, now: true}},
		{"none: asked again", nil, []wire.ListedPrescription{later}, nil, expected{state: Unknown, next: Search}},
		{"none, the tenth time: the doctor", func(r *Record) { r.Asks = maxAsks - 1 }, nil, nil, expected{state: Unknown, next: Search, decide: true}},
		{"two of the same second", nil, []wire.ListedPrescription{mine, change(func(l *wire.ListedPrescription) { l.NRE = "1300A4000000002" })}, nil, expected{state: Unknown, next: Search, decide: true}},
		{"another patient's", nil, []wire.ListedPrescription{change(func(l *wire.ListedPrescription) { l.CodiceAssistito = "PNIMRA70A01H501P" })}, nil, expected{state: Unknown, next: Search}},
		{"another type", nil, []wire.ListedPrescription{change(func(l *wire.ListedPrescription) { l.TipoPrescrizione = "P" })}, nil, expected{state: Unknown, next: Search}},
		{"only the day is kept", nil, []wire.ListedPrescription{day}, nil, expected{state: Unknown, next: Search, decide: true}},
		{"does not tell", nil, nil, noSearch{}, expected{state: Unknown, next: Search, decide: true}},
		{"no such thing", nil, nil, bang{wire.ErrRxNone, false}, expected{state: Unknown, next: Search}},
		{"down", nil, nil, bang{wire.ErrRegionDown, false}, expected{state: Unknown, next: Search}},
		{"given up: cancelled", as(Gone), []wire.ListedPrescription{mine}, nil, expected{state: Unknown, next: Cancel, aim: Gone, nre: mine.NRE, now: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := unknownAs(func(r *Record) { r.NRE, r.Next = "", Search })
			if tt.r != nil {
				tt.r(&r)
			}
			leads(t, decide(r, Search, Outcome{Found: tt.found, Err: tt.err}, Options{RegionNumbers: true}, noon, 0.5), tt.want)
		})
	}
}

func TestAnswerToASend(t *testing.T) {
	yes := &ricetta.Receipt{NRE: number, CodAutenticazione: "AUT", Outcome: "0001", Promemoria: []byte("%PDF")}
	no := func(code string) Outcome {
		return Outcome{Receipt: &ricetta.Receipt{Outcome: "9999", Errors: []wire.Notice{{Code: code}}}}
	}
	tests := []struct {
		name string
		r    func(*Record)
		out  Outcome
		want expected
	}{
		{"accepted", nil, Outcome{Receipt: yes}, expected{state: Sent, nre: number}},
		{"accepted with the region's number", func(r *Record) { r.NRE = "" }, Outcome{Receipt: yes}, expected{state: Sent, nre: number}},
		{"sent to be cancelled", as(Gone), Outcome{Receipt: yes}, expected{state: Unknown, next: Cancel, aim: Gone, nre: number, now: true}},
		{"sent to be replaced", as(Replace), Outcome{Receipt: yes}, expected{state: Unknown, next: Cancel, aim: Replace, nre: number, now: true}},
		{"inserted without the proof", nil, Outcome{Receipt: &ricetta.Receipt{NRE: number, Outcome: "0000"}}, expected{state: Unknown, next: View, nre: number}},
		{"refused keeps its number", nil, no("1176"), expected{state: Refused, nre: number}},
		{"the number is taken: look", nil, no(ricetta.CodeUsedNRE), expected{state: Unknown, next: View, nre: number, now: true}},
		{"given up and refused: it does not live", as(Gone), no("1176"), expected{state: Cancelled, aim: Gone, nre: number}},
		{"to be replaced and refused", as(Replace), no("1176"), expected{state: Refused}},
		{"neither answer nor error", nil, Outcome{}, expected{state: Unknown, next: View, nre: number}},
		{"given up, never left", as(Gone), Outcome{Err: bang{wire.ErrRegionDown, false}}, expected{state: Cancelled, aim: Gone, nre: number}},
		{"not made", nil, Outcome{Err: ErrNotMade}, expected{state: Queued, nre: number, now: true}},
		{"not made, given up", as(Gone), Outcome{Err: ErrNotMade}, expected{state: Cancelled, aim: Gone, nre: number}},
		{"not made, older request open", func(r *Record) { r.Attempts = 2 }, Outcome{Err: ErrNotMade}, expected{state: Unknown, next: View, nre: number, now: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sending(1)
			if tt.r != nil {
				tt.r(&r)
			}
			leads(t, decide(r, Send, tt.out, Options{}, noon, 0.5), tt.want)
		})
	}
}

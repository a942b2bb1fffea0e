package clinic

import (
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// A native host for the real extension, played by this test binary: the
// browser starts it with the extension's origin as its first argument. It
// answers from a script and knows neither a card nor a region.

func startedByBrowser(args []string) bool {
	return len(args) > 1 && strings.HasPrefix(args[1], "chrome-extension://")
}

const moment = "2026-11-22T18:20:00+01:00"

type scripted struct {
	entries []wire.OutboxEntry
	sent    map[string]wire.PrescriptionResult // by client_id
	mu      sync.Mutex                         // of sent and desktop: a batch runs beside the rest
	desktop desktop
	office  *office
	failed  bool // the next synchronisation
	history wire.PatientHistory
	stop    chan struct{}
	out     chan any
}

// playHost speaks with the browser until it closes the pipe.
func playHost(in io.Reader, out io.Writer) {
	h := &scripted{entries: inCharge(), sent: map[string]wire.PrescriptionResult{}, desktop: desktop{files: map[string]*os.File{}}, office: newOffice(), stop: make(chan struct{}, 1), out: make(chan any, 300)}
	go func() {
		for m := range h.out {
			body, err := json.Marshal(m)
			if err != nil {
				panic(err)
			}
			if frame.Write(out, body) != nil {
				os.Exit(0) // the browser has gone
			}
		}
	}()
	for {
		body, err := frame.Read(in, wire.MaxFrame)
		if err != nil {
			return
		}
		var req wire.Request
		if err := json.Unmarshal(body, &req); err != nil {
			panic(err)
		}
		answer := func(result any, fault *wire.Error) {
			m := map[string]any{"jsonrpc": "2.0", "id": req.ID}
			if m["result"] = result; fault != nil {
				delete(m, "result")
				m["error"] = fault
			}
			h.out <- m
		}
		if req.Method == "prescription.send" {
			go func() { answer(h.send(req.Params), nil) }()
			continue
		}
		if req.Method == "sign" {
			go func() { answer(h.sign(req), nil) }()
			continue
		}
		answer(h.answer(req))
	}
}

func (h *scripted) tell(method string, params any) {
	h.out <- wire.Event{JSONRPC: "2.0", Method: method, Params: params}
}

func (h *scripted) answer(req wire.Request) (any, *wire.Error) {
	switch req.Method {
	case "hello":
		names := []string{}
		for _, m := range wire.Methods {
			names = append(names, m.Name)
		}
		return wire.HelloResult{Protocol: wire.Protocol, Version: "1.0", Capabilities: names}, nil
	case "status":
		return h.status(), nil
	case "patient.sync":
		return h.sync(req.Params)
	case "patient.history":
		return h.history, nil
	case "outbox.list":
		return h.list(req.Params), nil
	case "outbox.retry", "outbox.discard":
		var p wire.OutboxParams
		_ = json.Unmarshal(req.Params, &p)
		return h.settle(p.IDs, req.Method == "outbox.retry"), nil
	case "outbox.resolve":
		var p wire.ResolveParams
		_ = json.Unmarshal(req.Params, &p)
		return h.settle([]string{p.ID}, true), nil
	case "document.open", "document.write", "document.read", "document.close", "document.verify":
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.desktop.answer(req), nil
	case "print", "print.list", "print.cancel", "print.again", "print.preview", "printer.list", "printer.configure":
		result, changed := h.office.answer(req)
		if changed {
			h.tell(wire.EventPrint, h.office.counts())
		}
		return result, nil
	case "batch.stop":
		h.stop <- struct{}{}
		return h.counts(), nil
	}
	return nil, wire.NewError(wire.ErrUnsupported, req.Method)
}

// list tells a page of what it sent, and the popup of all that is in charge.
func (h *scripted) list(params json.RawMessage) wire.OutboxResult {
	var p wire.OutboxParams
	_ = json.Unmarshal(params, &p)
	if p.ClientIDs == nil {
		return wire.OutboxResult{Entries: h.entries}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	result := wire.OutboxResult{Entries: []wire.OutboxEntry{}}
	for _, id := range p.ClientIDs {
		if r, ok := h.sent[id]; ok {
			result.Entries = append(result.Entries, wire.OutboxEntry{ID: "20000000", PrescriptionResult: r, Since: moment, UpdatedAt: moment})
		}
	}
	return result
}

// settle takes entries out: sent, or given up.
func (h *scripted) settle(ids []string, sent bool) wire.OutboxResult {
	result := wire.OutboxResult{Entries: []wire.OutboxEntry{}}
	h.entries = slices.DeleteFunc(h.entries, func(e wire.OutboxEntry) bool {
		if !slices.Contains(ids, e.ID) {
			return false
		}
		if e.State = wire.Sent; sent {
			result.Entries = append(result.Entries, e)
		}
		return true
	})
	h.tell(wire.EventOutbox, h.counts())
	return result
}

// send takes a second for each, until it is told to stop.
func (h *scripted) send(params json.RawMessage) wire.SendResult {
	var p wire.SendParams
	_ = json.Unmarshal(params, &p)
	var all wire.SendResult
	stopped := false
	for i, rx := range p.Prescriptions {
		r := wire.PrescriptionResult{ClientID: rx.ClientID, State: wire.Draft, Warnings: []wire.Notice{}, Errors: []wire.Notice{}}
		if !stopped {
			select {
			case <-h.stop:
				stopped = true
			case <-time.After(time.Second):
			}
		}
		if !stopped {
			r.State, r.NRE, r.CodAutenticazione = wire.Sent, "0900A4000000001", strings.Repeat("2", 30)
			h.tell(wire.EventBatch, wire.BatchProgress{Done: i + 1, Total: len(p.Prescriptions), Result: r})
		}
		h.mu.Lock()
		h.sent[rx.ClientID] = r
		h.mu.Unlock()
		all.Results = append(all.Results, r)
	}
	return all
}

func (h *scripted) counts() wire.Outbox {
	var o wire.Outbox
	for _, e := range h.entries {
		switch {
		case e.State == wire.Draft:
			o.Drafts++
		case e.State == wire.Refused || e.Decide:
			o.Failed++
		default:
			o.Pending++
		}
	}
	return o
}

func (h *scripted) status() wire.Status {
	d := anagrafe.Doctors()[0]
	s := wire.Status{Version: "1.0", Outbox: h.counts(), Printing: h.office.counts(), Warnings: []wire.ErrorCode{}, Signing: wire.Signing{Card: true}}
	s.Region = wire.Region{ID: "simulata", Name: "Regione simulata", Card: true}
	s.Cards = wire.CardList{Service: "running", Readers: []wire.Reader{}}
	s.Session = wire.Session{State: "connected", Via: "card", Method: "CNS", Since: moment, OnCardRemoval: "logout", Doctor: &wire.Person{CodiceFiscale: d.CF, Name: d.Name + " " + d.Surname}}
	return s
}

package schema

import (
	"reflect"

	"raccordo/host/internal/wire"
)

// table is the shape of methods.json: the part of the protocol that a JSON
// Schema has no words for.
type table struct {
	Protocol int      `json:"protocol"`
	MaxFrame int      `json:"max_frame"`
	Methods  []method `json:"methods"`
	Events   []event  `json:"events"`
	Errors   []fault  `json:"errors"`
}

type method struct {
	Name       string `json:"name"`
	Params     string `json:"params"` // name in $defs
	Result     string `json:"result"`
	DeadlineMS int64  `json:"deadline_ms"`
	Gesture    bool   `json:"gesture"`
}

type event struct {
	Name   string `json:"name"`
	Params string `json:"params"`
}

type fault struct {
	Code      wire.ErrorCode `json:"code"`
	Hop       wire.Hop       `json:"hop"`
	Retryable bool           `json:"retryable"`
	RPC       int            `json:"rpc"`
	English   string         `json:"english"`
}

func methods() table {
	t := table{Protocol: wire.Protocol, MaxFrame: wire.MaxFrame}
	for _, m := range wire.Methods {
		t.Methods = append(t.Methods, method{m.Name, name(m.Params), name(m.Result), m.Deadline.Milliseconds(), m.Gesture})
	}
	for _, e := range wire.Events {
		t.Events = append(t.Events, event{e.Name, name(e.Params)})
	}
	for _, f := range wire.Faults {
		t.Errors = append(t.Errors, fault{f.Code, f.Hop, f.Retryable, f.RPC, f.English})
	}
	return t
}

func name(v any) string { return reflect.TypeOf(v).Name() }

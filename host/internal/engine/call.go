package engine

import (
	"context"
	"encoding/json"
	"strings"

	"raccordo/host/internal/wire"
)

// Call is one request with what is known of its sender.
type Call struct {
	wire.Request
	Caller wire.Caller
	Notify func(wire.Event) // to this caller only
	Open   context.Context  // ends with the caller's connection; nil: not known
}

// Do answers one request. It returns when the method is done or ctx ends; the
// door adds the deadline.
func (e *Engine) Do(ctx context.Context, c Call) (any, *wire.Error) {
	defer e.rest.Reset(restTime)
	method, ok := wire.LookupMethod(c.Method)
	if !ok {
		return nil, wire.NewError(wire.ErrMethod, "")
	}
	if err := e.rules.admit(e.opt.Config.AllowedOrigins, c.Request, c.Caller); err != nil {
		return nil, err
	}
	if method.Gesture && !c.UserGesture && c.Caller.Kind == "browser" {
		return nil, wire.NewError(wire.ErrGesture, "")
	}
	params := c.Params
	if c.Method == "document.write" {
		params, _ = cutData(params)
	}
	if err := e.rules.check(c.Method, params); err != nil {
		return nil, err
	}
	result, err := e.dispatch(ctx, c)
	if err != nil {
		return nil, e.fault(c.Method, err)
	}
	return result, nil
}

func (e *Engine) dispatch(ctx context.Context, c Call) (any, error) {
	switch c.Method {
	case "hello":
		return call(c, e.hello)
	case "status":
		return e.status(c.Caller), nil
	case "card.list":
		return e.cardList(), nil
	case "card.test":
		return call(c, func(p wire.CardTestParams) (wire.CardTestResult, error) { return e.testCard(ctx, p) })
	case "session.login":
		return call(c, func(p wire.LoginParams) (wire.LoginResult, error) { return e.login(ctx, c, p) })
	case "session.complete":
		return call(c, func(p wire.CompleteParams) (wire.Session, error) { return e.complete(ctx, c, p) })
	case "session.logout":
		return e.logout(ctx), nil
	case "patient.sync":
		return call(c, func(p wire.SyncParams) (wire.SyncResult, error) { return e.sync(ctx, p) })
	case "patient.history":
		return call(c, func(p wire.PatientParams) (wire.PatientHistory, error) { return e.history.of(p.CodiceFiscale), nil })
	case "substitution.declare":
		return call(c, func(p wire.SubstitutionParams) (wire.SubstitutionResult, error) { return e.declare(ctx, c, p) })
	case "table.fetch":
		return call(c, func(p wire.TableParams) (wire.TableResult, error) { return e.fetchTable(ctx, c, p) })
	}
	if strings.HasPrefix(c.Method, "document.") || c.Method == "sign" {
		return e.dispatchDocument(ctx, c)
	}
	if strings.HasPrefix(c.Method, "print") {
		return e.dispatchPrint(ctx, c)
	}
	return e.dispatchPrescription(ctx, c)
}

// dispatchDocument has the methods that concern documents and signatures.
func (e *Engine) dispatchDocument(ctx context.Context, c Call) (any, error) {
	switch c.Method {
	case "document.open":
		return call(c, func(p wire.DocumentOpenParams) (wire.DocumentHandle, error) { return e.openDocument(c, p) })
	case "document.write":
		return e.writeDocument(c)
	case "document.read":
		return call(c, func(p wire.DocumentReadParams) (wire.DocumentPiece, error) { return e.readDocument(c, p) })
	case "document.close":
		return call(c, func(p wire.DocumentHandle) (wire.NoParams, error) { return e.closeDocument(c, p) })
	case "document.verify":
		return call(c, func(p wire.VerifyDocumentParams) (wire.Verification, error) { return e.verifyDocument(ctx, c, p) })
	case "sign":
		return call(c, func(p wire.SignParams) (wire.SignResult, error) { return e.sign(ctx, c, p) })
	}
	return nil, wire.NewError(wire.ErrMethod, "")
}

// dispatchPrescription has the methods that concern prescriptions, at the region
// and in the outbox.
func (e *Engine) dispatchPrescription(ctx context.Context, c Call) (any, error) {
	switch c.Method {
	case "prescription.send":
		return call(c, func(p wire.SendParams) (wire.SendResult, error) { return e.send(ctx, c, p) })
	case "prescription.view":
		return call(c, func(p wire.NREParams) (wire.ViewResult, error) { return e.view(ctx, c, p.NRE) })
	case "prescription.cancel":
		return call(c, func(p wire.NREParams) (wire.CancelResult, error) { return e.cancel(ctx, c, p.NRE) })
	case "prescription.list":
		return call(c, func(p wire.ListParams) (wire.ListResult, error) { return e.list(ctx, c, p) })
	case "prescription.verify":
		return call(c, func(p wire.NREParams) (wire.VerifyResult, error) { return e.verify(ctx, c, p.NRE) })
	case "prescription.promemoria":
		return call(c, func(p wire.NREParams) (wire.PromemoriaResult, error) { return e.promemoria(c, p.NRE) })
	case "outbox.list":
		return call(c, func(p wire.OutboxParams) (wire.OutboxResult, error) { return e.listOutbox(c, p) })
	case "outbox.retry":
		return call(c, func(p wire.OutboxParams) (wire.OutboxResult, error) { return e.retry(ctx, c, p) })
	case "outbox.discard":
		return call(c, func(p wire.OutboxParams) (wire.OutboxResult, error) { return e.discard(ctx, c, p) })
	case "outbox.resolve":
		return call(c, func(p wire.ResolveParams) (wire.OutboxResult, error) { return e.resolve(ctx, c, p) })
	case "batch.stop":
		return e.stopBatch(c), nil
	}
	return nil, wire.NewError(wire.ErrMethod, "") // a row without a branch; a test walks the table
}

// call decodes the params, whose form the schema has already checked.
func call[P, R any](c Call, f func(P) (R, error)) (any, error) {
	var params P
	if len(c.Params) > 0 {
		if err := json.Unmarshal(c.Params, &params); err != nil {
			return nil, wire.NewError(wire.ErrParams, "")
		}
	}
	return f(params)
}

func (e *Engine) hello(p wire.HelloParams) (wire.HelloResult, error) {
	names := make([]string, len(wire.Methods))
	for i, m := range wire.Methods {
		names[i] = m.Name
	}
	// The lower of the two versions is spoken; below 1 there is none.
	return wire.HelloResult{Protocol: min(p.Protocol, wire.Protocol), Version: e.opt.Version, Capabilities: names}, nil
}

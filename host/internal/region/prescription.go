package region

import (
	"context"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Send hands over one prescription. A receipt with outcome 9999 is no error: it
// says why the prescription does not exist. An error with Unknown says that it
// may.
func (c *Client) Send(ctx context.Context, doctor Doctor, nre string, p wire.Prescription, compiled time.Time) (Receipt, error) {
	live, pin, err := c.prescriber(doctor)
	if err != nil {
		return Receipt{}, err
	}
	patient := "" // a foreign patient has no code of ours
	if p.CodiceAssistito != "" {
		if patient, err = c.seal(p.CodiceAssistito); err != nil {
			return Receipt{}, err
		}
	}
	body, err := c.soap(ctx, live, live.endpoints.Prescriptions+sac.Send.Path, sac.Send.Action, sac.EncodeSend(sac.SendRequest{
		PinCode: pin, CodiceAss: patient, Doctor: doctor, NRE: nre, Compiled: compiled, Prescription: p, DPC: c.profile.Policies.DPC,
	}))
	if err != nil {
		return Receipt{}, err
	}
	r, err := sac.DecodeSend(body)
	switch {
	case err != nil:
		return Receipt{}, c.soapError(err)
	case r.Outcome == ricetta.OutcomeRefused:
		if e := c.symptom(&Error{Code: wire.ErrRxRefused, Notices: r.Errors}); e.Code != wire.ErrRxRefused {
			return Receipt{}, e
		}
		return r, nil
	case !r.Accepted():
		return Receipt{}, exchange.BadAnswer("send: outcome %s without codAutenticazione", r.Outcome)
	case r.NRE == "" || nre != "" && r.NRE != nre:
		return Receipt{}, exchange.BadAnswer("send: answer about another NRE")
	}
	return r, nil
}

// View asks for a prescription as the region has it; wire.ErrRxNone when the
// region does not know the number.
func (c *Client) View(ctx context.Context, doctor Doctor, nre string) (wire.ViewResult, error) {
	live, pin, err := c.prescriber(doctor)
	if err != nil {
		return wire.ViewResult{}, err
	}
	body, err := c.soap(ctx, live, live.endpoints.Prescriptions+sac.View.Path, sac.View.Action, sac.EncodeView(pin, nre, doctor.CF))
	if err != nil {
		return wire.ViewResult{}, err
	}
	v, err := sac.DecodeView(body)
	switch {
	case err != nil:
		return wire.ViewResult{}, c.soapError(err)
	case !sac.Done(v.Outcome):
		return wire.ViewResult{}, c.refused(v.Outcome, v.Errors)
	case v.Result.NRE != nre || v.Result.State == "":
		return wire.ViewResult{}, exchange.BadAnswer("view: another NRE, or no state")
	}
	return v.Result, nil
}

// Cancel cancels a prescription that is still to be dispensed. Only who
// inserted it may: cfMedico is the sender, titolare or substitute.
func (c *Client) Cancel(ctx context.Context, doctor Doctor, nre string) (wire.CancelResult, error) {
	live, pin, err := c.prescriber(doctor)
	if err != nil {
		return wire.CancelResult{}, err
	}
	body, err := c.soap(ctx, live, live.endpoints.Prescriptions+sac.Cancel.Path, sac.Cancel.Action, sac.EncodeCancel(pin, nre, doctor.CF))
	if err != nil {
		return wire.CancelResult{}, err
	}
	a, err := sac.DecodeCancel(body)
	switch {
	case err != nil:
		return wire.CancelResult{}, c.soapError(err)
	case !sac.Done(a.Outcome):
		return wire.CancelResult{}, c.refused(a.Outcome, a.Errors)
	case a.NRE != nre:
		return wire.CancelResult{}, exchange.BadAnswer("cancel: answer about another NRE")
	}
	return wire.CancelResult{NRE: nre, Warnings: a.Warnings}, nil
}

// refused sorts the codes that callers branch on. A service that lists none
// gets its outcome told.
func (c *Client) refused(outcome string, notices []wire.Notice) *Error {
	e := &Error{Code: wire.ErrRxRefused, Detail: outcome, Notices: notices}
	for _, n := range notices {
		switch n.Code {
		case sac.CodeUnknownNRE:
			e.Code, e.Detail = wire.ErrRxNone, n.Code
		case sac.CodeWrongState:
			e.Code, e.Detail = wire.ErrRxState, n.Code
		}
	}
	return c.symptom(e)
}

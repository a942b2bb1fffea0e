package region

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Lot asks for a lot of 100 numbers for the doctor of the session.
func (c *Client) Lot(ctx context.Context) (ricetta.Lot, error) {
	live, err := c.current()
	if err != nil {
		return ricetta.Lot{}, err
	}
	if live.endpoints.Lots == "" {
		return ricetta.Lot{}, &Error{Code: wire.ErrUnsupported, Detail: "lots"}
	}
	code, err := c.numbers(live.session)
	if err != nil {
		return ricetta.Lot{}, err
	}
	body, err := c.soap(ctx, live, live.endpoints.Lots, sac.Lot.Action, sac.EncodeLot(code, live.session.CF))
	if err != nil {
		return ricetta.Lot{}, err
	}
	lot, cf, notice, err := sac.DecodeLot(body)
	switch {
	case err != nil:
		return ricetta.Lot{}, c.soapError(err)
	case lot == ricetta.Lot{}:
		return ricetta.Lot{}, c.symptom(&Error{Code: wire.ErrRegionFault, Detail: exchange.Short(notice.Code), Notices: []wire.Notice{notice}})
	case cf != "" && cf != live.session.CF:
		return ricetta.Lot{}, exchange.BadAnswer("lot: of another doctor")
	}
	return lot, nil
}

// sistemaTS is the code by which the FSE's table of regions names Sistema TS. It
// numbers no prescription: there the doctor's own region does.
const sistemaTS = "970"

// numbers is the region that stands in front of a prescription's number.
func (c *Client) numbers(s Session) (string, error) {
	if c.profile.Code != sistemaTS {
		return c.profile.Code, nil
	}
	if len(s.Organisation) < 3 {
		return "", incomplete([]string{"code"})
	}
	return s.Organisation[:3], nil
}

// Send hands over one prescription. A receipt with outcome 9999 is no error: it
// says why the prescription does not exist. An error with Unknown says that it
// may.
func (c *Client) Send(ctx context.Context, doctor Doctor, nre string, p wire.Prescription, compiled time.Time) (Receipt, error) {
	live, pin, err := c.prescriber(doctor)
	if err != nil {
		return Receipt{}, err
	}
	patient, err := c.seal(p.CodiceAssistito)
	if err != nil {
		return Receipt{}, err
	}
	body, err := c.soap(ctx, live, live.endpoints.Prescriptions+sac.Send.Path, sac.Send.Action, sac.EncodeSend(sac.SendRequest{
		PinCode: pin, CodiceAss: patient, Doctor: doctor, NRE: nre, Compiled: compiled, Prescription: p,
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
	case v.Outcome == ricetta.OutcomeRefused:
		return wire.ViewResult{}, c.refused(v.Errors)
	case v.Result.NRE != nre || v.Result.State == "":
		return wire.ViewResult{}, exchange.BadAnswer("view: another NRE, or no state")
	}
	return v.Result, nil
}

// Cancel cancels a prescription that is still to be dispensed.
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
	case a.Outcome != ricetta.OutcomeOK && a.Outcome != ricetta.OutcomeWarnings:
		return wire.CancelResult{}, c.refused(a.Errors)
	case a.NRE != nre:
		return wire.CancelResult{}, exchange.BadAnswer("cancel: answer about another NRE")
	}
	return wire.CancelResult{NRE: nre, Warnings: a.Warnings}, nil
}

// refused sorts the codes that callers branch on.
func (c *Client) refused(notices []wire.Notice) *Error {
	e := &Error{Code: wire.ErrRxRefused, Notices: notices}
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

// prescriber is what every prescription service needs: the session, of this
// very doctor, and his sealed pinCode.
func (c *Client) prescriber(d Doctor) (*connection, string, error) {
	live, err := c.current()
	switch {
	case err != nil:
		return nil, "", err
	case d.CF != live.session.CF:
		return nil, "", &Error{Code: wire.ErrWrongDoctor}
	case d.PinCode == "":
		return nil, "", &Error{Code: wire.ErrPinCode}
	}
	pin, err := c.seal(d.PinCode)
	return live, pin, err
}

// soap posts one envelope and returns the answer's. A SOAP 1.1 fault comes with
// HTTP 500; the decoder tells it from an answer.
func (c *Client) soap(ctx context.Context, live *connection, url, action string, envelope []byte) ([]byte, error) {
	a, err := live.do(ctx, exchange.Request{Method: http.MethodPost, URL: url, Action: action, Body: envelope})
	if err != nil {
		return nil, err
	}
	if a.Status == http.StatusOK {
		return a.Body, nil
	}
	if fault := sac.FindFault(a.Body); fault != nil && a.Status == http.StatusInternalServerError {
		return nil, c.soapError(fault)
	}
	return nil, c.symptom(exchange.StatusError(a))
}

// soapError maps what package sac says of an answer.
func (c *Client) soapError(err error) *Error {
	var f *sac.Fault
	if errors.As(err, &f) {
		return c.symptom(&Error{Code: wire.ErrRegionFault, Detail: "fault " + exchange.Short(f.Code), Notices: []wire.Notice{{Code: exchange.Short(f.Code), Text: f.Text}}, Unknown: !f.Client(), Err: f})
	}
	return exchange.BadAnswer("%w", fmt.Errorf("soap: %w", err))
}

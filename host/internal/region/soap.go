package region

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/wire"
)

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
// HTTP 500, from some gateways with 400; the decoder tells it from an answer.
func (c *Client) soap(ctx context.Context, live *connection, url, action string, envelope []byte) ([]byte, error) {
	a, err := live.do(ctx, exchange.Request{Method: http.MethodPost, URL: url, Action: action, Body: envelope})
	if err != nil {
		return nil, err
	}
	if a.Status == http.StatusOK {
		return a.Body, nil
	}
	if fault := sac.FindFault(a.Body); fault != nil && (a.Status == http.StatusInternalServerError || a.Status == http.StatusBadRequest) {
		return nil, c.soapError(fault)
	}
	return nil, c.symptom(exchange.StatusError(a))
}

// soapError maps what package sac says of an answer.
func (c *Client) soapError(err error) *Error {
	var f *sac.Fault
	if errors.As(err, &f) {
		return c.symptom(&Error{Code: wire.ErrRegionFault, Detail: "fault " + exchange.Short(f.Code), Notices: []wire.Notice{f.Notice()}, Unknown: !f.Client(), Err: f})
	}
	return exchange.BadAnswer("%w", fmt.Errorf("soap: %w", err))
}

// offered refuses what the region does not have.
func offered(address, name string) error {
	if address == "" {
		return &Error{Code: wire.ErrUnsupported, Detail: name}
	}
	return nil
}

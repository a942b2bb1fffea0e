package region

import (
	"cmp"
	"context"
	"slices"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Lot asks for a lot of 100 numbers for a doctor, who has to be the session's:
// one that has changed hands is wire.ErrWrongDoctor.
func (c *Client) Lot(ctx context.Context, doctor Doctor) (ricetta.Lot, error) {
	live, err := c.current()
	switch {
	case err != nil:
		return ricetta.Lot{}, err
	case doctor.CF != live.session.CF:
		return ricetta.Lot{}, &Error{Code: wire.ErrWrongDoctor}
	}
	if err := offered(live.endpoints.Lots, "lots"); err != nil {
		return ricetta.Lot{}, err
	}
	code, err := c.numbers(doctor)
	if err != nil {
		return ricetta.Lot{}, err
	}
	body, err := c.soap(ctx, live, live.endpoints.Lots, sac.Lot.Action, sac.EncodeLot(code, doctor.CF))
	if err != nil {
		return ricetta.Lot{}, err
	}
	lot, cf, notice, err := sac.DecodeLot(body)
	switch {
	case err != nil:
		return ricetta.Lot{}, c.soapError(err)
	case lot == ricetta.Lot{}:
		return ricetta.Lot{}, c.symptom(&Error{Code: wire.ErrRegionFault, Detail: exchange.Short(notice.Code), Notices: []wire.Notice{notice}})
	case cf != "" && cf != doctor.CF:
		return ricetta.Lot{}, exchange.BadAnswer("lot: of another doctor")
	}
	return lot, nil
}

// sistemaTS is the code by which the FSE's table of regions names Sistema TS. It
// numbers no prescription: there the doctor's own region does.
const sistemaTS = "970"

// numbers is the region that stands in front of a prescription's number.
func (c *Client) numbers(d Doctor) (string, error) {
	switch {
	case c.profile.Code != sistemaTS:
		return c.profile.Code, nil
	case len(d.Region) != 3:
		return "", incomplete([]string{"code"})
	}
	return d.Region, nil
}

// Used asks which numbers the doctor has used, newest first; nothing found is
// no error. Of a substitute's prescriptions the titolare is asked for, to whom
// they belong. By dates the real service wants the kind to be told (its error
// 1153, although the specification leaves it free): both are then asked for,
// one after the other.
func (c *Client) Used(ctx context.Context, doctor Doctor, q ricetta.Query) ([]wire.ListedPrescription, error) {
	live, pin, err := c.prescriber(doctor)
	if err != nil {
		return nil, err
	}
	if err := offered(live.endpoints.Used, "used"); err != nil {
		return nil, err
	}
	request := sac.UsedRequest{PinCode: pin, Region: doctor.Region, DoctorCF: doctor.CF, NRE: q.NRE}
	if t := doctor.Titolare; t != nil {
		request.Region, request.DoctorCF = t.Regione, t.CodiceFiscale
	}
	kinds := []string{q.Type}
	switch {
	case q.NRE != "": // the other criteria are alternatives
		kinds = []string{""}
	case q.Type == "":
		kinds = []string{"F", "P"}
		fallthrough
	default:
		request.Patient, request.From, request.To = q.Patient, q.From, q.To
	}
	all := []wire.ListedPrescription{}
	for _, request.Type = range kinds {
		some, err := c.used(ctx, live, request)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b wire.ListedPrescription) int { return cmp.Compare(b.CompiledAt, a.CompiledAt) })
	return all, nil
}

func (c *Client) used(ctx context.Context, live *connection, q sac.UsedRequest) ([]wire.ListedPrescription, error) {
	body, err := c.soap(ctx, live, live.endpoints.Used, sac.Used.Action, sac.EncodeUsed(q))
	if err != nil {
		return nil, err
	}
	a, err := sac.DecodeUsed(body)
	if err != nil {
		return nil, c.soapError(err)
	}
	if sac.Done(a.Outcome) {
		return a.Records, nil
	}
	e := c.refused(a.Outcome, a.Errors)
	switch e.Code {
	case wire.ErrRxNone:
		return nil, nil
	case wire.ErrRxRefused: // of the question, not of a prescription
		e.Code = wire.ErrRegionFault
	}
	return nil, e
}

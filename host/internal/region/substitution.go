package region

import (
	"context"

	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/wire"
)

// DeclareSubstitution tells Sistema TS who stands in for the doctor, and when
// (section 4.2.1, "pre-autorizzazione alla sostituzione"): some regions want
// it before a substitute may prescribe.
func (c *Client) DeclareSubstitution(ctx context.Context, doctor Doctor, p wire.SubstitutionParams) (wire.SubstitutionResult, error) {
	live, pin, err := c.prescriber(doctor)
	if err != nil {
		return wire.SubstitutionResult{}, err
	}
	if err := offered(live.endpoints.Substitution, "substitution"); err != nil {
		return wire.SubstitutionResult{}, err
	}
	if doctor.Titolare != nil { // only he can say who stands in for him
		return wire.SubstitutionResult{}, &Error{Code: wire.ErrTitolare}
	}
	body, err := c.soap(ctx, live, live.endpoints.Substitution, sac.Substitution.Action,
		sac.EncodeSubstitution(sac.SubstitutionRequest{PinCode: pin, Doctor: doctor, SubstitutionParams: p}))
	if err != nil {
		return wire.SubstitutionResult{}, err
	}
	a, err := sac.DecodeSubstitution(body)
	switch {
	case err != nil:
		return wire.SubstitutionResult{}, c.soapError(err)
	case !sac.Done(a.Outcome):
		return wire.SubstitutionResult{}, c.symptom(&Error{Code: wire.ErrRegionFault, Detail: a.Outcome, Notices: a.Errors})
	}
	return wire.SubstitutionResult{InsertedAt: a.InsertedAt, Warnings: a.Warnings}, nil
}

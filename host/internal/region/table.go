package region

import (
	"context"

	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/wire"
)

// Table asks for a table of Sistema TS (ServiceAnag): a CSV file.
func (c *Client) Table(ctx context.Context, doctor Doctor, p wire.TableParams) (wire.TableResult, error) {
	live, pin, err := c.prescriber(doctor)
	if err != nil {
		return wire.TableResult{}, err
	}
	if err := offered(live.endpoints.Tables, "tables"); err != nil {
		return wire.TableResult{}, err
	}
	body, err := c.soap(ctx, live, live.endpoints.Tables, sac.Table.Action, sac.EncodeTable(pin, doctor.Region, p))
	if err != nil {
		return wire.TableResult{}, err
	}
	a, err := sac.DecodeTable(body)
	switch {
	case err != nil:
		return wire.TableResult{}, c.soapError(err)
	case !sac.Done(a.Outcome):
		return wire.TableResult{}, c.symptom(&Error{Code: wire.ErrRegionFault, Detail: a.Outcome, Notices: a.Errors})
	}
	return a.Result, nil
}

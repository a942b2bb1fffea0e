package region

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// What a region says of a prescription in the patient's FSE, as package wire
// spells it.
var fseStates = map[string]string{"visibile": "visible", "in_lavorazione": "pending", "oscurato": "hidden"}

// FSE asks whether a prescription can be seen in the patient's FSE, and since
// when (RFC 3339; empty: not told). It is Sistema TS that puts it there, some
// time after the send. A region that does not tell is "unsupported" and no
// error; one that does not know the number, wire.ErrRxNone.
func (c *Client) FSE(ctx context.Context, nre string) (state, since string, err error) {
	if _, err := ricetta.ParseNRE(nre); err != nil {
		return "", "", &Error{Code: wire.ErrRxNone, Detail: "nre"}
	}
	live, err := c.current()
	if err != nil {
		return "", "", err
	}
	if live.endpoints.FSE == "" {
		return "unsupported", "", nil
	}
	a, err := live.do(ctx, exchange.Request{Method: http.MethodGet, URL: live.endpoints.FSE + "/prescrizioni/" + url.PathEscape(nre)})
	if err != nil {
		return "", "", err
	}
	if a.Status != http.StatusOK {
		e := c.symptom(exchange.StatusError(a))
		if a.Status == http.StatusNotFound {
			e.Code = wire.ErrRxNone
		}
		return "", "", e
	}
	var j struct {
		State string `json:"stato"`
		Since string `json:"dal"`
	}
	if json.Unmarshal(a.Body, &j) != nil || fseStates[j.State] == "" {
		return "", "", exchange.BadAnswer("fse: not the expected JSON")
	}
	if _, err := time.Parse(time.RFC3339, j.Since); err != nil {
		j.Since = ""
	}
	return fseStates[j.State], j.Since, nil
}

package csc

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"raccordo/host/internal/remotesign/link"
)

// perSignature is what a slow key needs for one.
const perSignature = 2 * time.Second

type signatures struct {
	Values   list `json:"signatures"`
	Response text `json:"responseID"`
	Handle   text `json:"handle"`
}

// Sign has the hashes of a demand signed, in their order. Whose signatures
// they are, nobody has looked at yet.
func (c *Client) Sign(ctx context.Context, d Demand, g Grant, async bool) ([][]byte, error) {
	in := map[string]any{"credentialID": d.Credential.ID}
	auth := d.Auth
	if g.Bearer && d.Info.V2 {
		auth = "Bearer " + g.SAD
	} else {
		in["SAD"] = g.SAD
	}
	if d.Info.V2 {
		in["hashes"] = encoded(d.Hashes)
		in["operationMode"] = "S"
		if async && d.Info.Async {
			in["operationMode"] = "A"
		}
	} else {
		in["hash"] = encoded(d.Hashes)
	}
	if err := name(in, d.Info.V2, d.Credential.Algorithms, d.Algorithm); err != nil {
		return nil, err
	}
	var a signatures
	status, err := c.call(ctx, mSign, auth, in, &a, time.Duration(len(d.Hashes))*perSignature)
	if err != nil {
		return nil, err
	}
	if len(a.Values) == 0 && (status == http.StatusAccepted || a.Response != "" || a.Handle != "") {
		if a.Response == "" {
			a.Response = a.Handle
		}
		if a, err = c.await(ctx, auth, string(a.Response)); err != nil {
			return nil, err
		}
	}
	return a.decode(len(d.Hashes))
}

// await polls for signatures that are being made.
func (c *Client) await(ctx context.Context, auth, id string) (signatures, error) {
	if id == "" {
		return signatures{}, link.BadAnswer("pending signatures without responseID")
	}
	var a signatures
	err := c.poll(ctx, func(ctx context.Context) (bool, error) {
		a = signatures{}
		status, err := c.call(ctx, mPoll, auth, map[string]any{"requestID": id}, &a, 0)
		return status != http.StatusAccepted && len(a.Values) > 0, err
	})
	return a, err
}

// decode reads one value for each hash: with another number nobody could say
// which belongs to which.
func (a signatures) decode(want int) ([][]byte, error) {
	if len(a.Values) != want {
		return nil, link.BadAnswer(fmt.Sprintf("%d signatures for %d hashes", len(a.Values), want))
	}
	values := make([][]byte, want)
	for i, text := range a.Values {
		value, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return nil, link.BadAnswer("a signature is not base64")
		}
		values[i] = value
	}
	return values, nil
}

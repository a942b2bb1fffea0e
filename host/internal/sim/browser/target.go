package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// target is an attached page or worker.
type target struct {
	browser *Browser
	id      string
	session string
	console console
}

// targetInfo is Target.TargetInfo of the protocol.
type targetInfo struct {
	ID   string `json:"targetId"`
	Type string `json:"type"`
	URL  string `json:"url"`
}

func (b *Browser) targets(ctx context.Context) ([]targetInfo, error) {
	var list struct {
		Infos []targetInfo `json:"targetInfos"`
	}
	err := b.conn.call(ctx, "", "Target.getTargets", nil, &list)
	return list.Infos, err
}

func (b *Browser) attach(ctx context.Context, id string) (*target, error) {
	var attached struct {
		Session string `json:"sessionId"`
	}
	if err := b.conn.call(ctx, "", "Target.attachToTarget", params{"targetId": id, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	t := &target{browser: b, id: id, session: attached.Session}
	b.conn.listen(t.session, t.console.event)
	for _, domain := range []string{"Runtime.enable", "Log.enable"} {
		if err := t.call(ctx, domain, nil, nil); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *target) call(ctx context.Context, method string, p params, out any) error {
	return t.browser.conn.call(ctx, t.session, method, p, out)
}

// Eval runs a JavaScript expression in the target's own world, awaits it when
// it is a promise and decodes its JSON value into out (nil: ignored). It is no
// user gesture.
func (t *target) Eval(ctx context.Context, js string, out any) error {
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *exception `json:"exceptionDetails"`
	}
	p := params{"expression": js, "awaitPromise": true, "returnByValue": true}
	if err := t.call(ctx, "Runtime.evaluate", p, &answer); err != nil {
		return err
	}
	if answer.Exception != nil {
		return fmt.Errorf("eval %s: %s", short(js), answer.Exception.text())
	}
	if out == nil {
		return nil
	}
	if answer.Result.Value == nil {
		return fmt.Errorf("eval %s: undefined", short(js))
	}
	return json.Unmarshal(answer.Result.Value, out)
}

// CollectGarbage has the JavaScript engine let go of what nobody refers to: what
// is left is held.
func (t *target) CollectGarbage(ctx context.Context) error {
	return t.call(ctx, "HeapProfiler.collectGarbage", nil, nil)
}

// Console is everything that the target has logged so far, oldest first.
func (t *target) Console() []string { return t.console.all(false) }

// Problems are the uncaught exceptions, console.error calls and errors of the
// browser itself (blocked by CSP, not found, …) so far; a good test has none.
func (t *target) Problems() []string { return t.console.all(true) }

// pollTime is the grain of every wait.
const pollTime = 20 * time.Millisecond

// poll asks until yes, a fault that waiting does not mend, or the end of ctx.
func poll(ctx context.Context, ask func() (bool, error)) error {
	tick := time.NewTicker(pollTime)
	defer tick.Stop()
	for {
		yes, err := ask()
		if yes && err == nil {
			return nil
		}
		if errors.Is(err, ErrGone) {
			return err
		}
		select {
		case <-ctx.Done():
			if err != nil && !errors.Is(err, ctx.Err()) {
				return fmt.Errorf("%w (last: %w)", ctx.Err(), err)
			}
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func short(js string) string {
	js = strings.Join(strings.Fields(js), " ")
	if len(js) > 120 {
		js = js[:120] + "…"
	}
	return js
}

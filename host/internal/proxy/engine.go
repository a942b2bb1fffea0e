package proxy

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/dop251/goja"
)

const (
	runTime    = time.Second // of the script alone, without its DNS queries
	lookupTime = 3 * time.Second
	runMemory  = 128 << 20 // by which the heap may grow while it runs
	watchEvery = 5 * time.Millisecond
	callDepth  = 1000
)

// Why a script was stopped.
var (
	errTime   = errors.New("it did not end within its time")
	errMemory = errors.New("it takes too much memory")
)

// engine runs one PAC script.
type engine struct {
	program *goja.Program
	opt     Options
	vm      *goja.Runtime // nil: to be made anew
	entry   goja.Callable // FindProxyForURL
	calls   *calls
}

// newEngine runs the script once, so that a broken file is known at once.
func newEngine(ctx context.Context, program *goja.Program, opt Options) (*engine, error) {
	e := &engine{program: program, opt: opt}
	return e, e.start(ctx)
}

// start makes the script's world and lets it define its functions.
func (e *engine) start(ctx context.Context) error {
	vm := goja.New()
	vm.SetMaxCallStackSize(callDepth)
	vm.SetTimeSource(e.opt.Now)
	e.calls = &calls{opt: e.opt, vm: vm}
	if err := e.calls.define(); err != nil {
		return err
	}
	_, err := e.limited(ctx, vm, func() (goja.Value, error) { return vm.RunProgram(e.program) })
	if err != nil {
		return err
	}
	find, ok := goja.AssertFunction(vm.Get("FindProxyForURL"))
	if !ok {
		return errors.New("it has no function FindProxyForURL")
	}
	e.vm, e.entry = vm, find
	return nil
}

// find calls FindProxyForURL with scheme and host of u, as browsers do for
// https: what is in the path is nobody's business. An empty answer is DIRECT
// (Netscape 1996).
func (e *engine) find(ctx context.Context, u *url.URL) (string, error) {
	if e.vm == nil {
		if err := e.start(ctx); err != nil {
			return "", err
		}
	}
	bare := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
	answer, err := e.limited(ctx, e.vm, func() (goja.Value, error) {
		return e.entry(goja.Undefined(), e.vm.ToValue(bare), e.vm.ToValue(u.Hostname()))
	})
	if err != nil {
		e.vm = nil // whatever it left behind
		return "", err
	}
	text, isText := answer.Export().(string)
	switch {
	case goja.IsNull(answer) || isText && strings.TrimSpace(text) == "":
		return "DIRECT", nil
	case isText:
		return text, nil
	}
	return "", errors.New("FindProxyForURL returns no text")
}

// limited lets the script run until it ends, or its time or memory does.
func (e *engine) limited(ctx context.Context, vm *goja.Runtime, run func() (goja.Value, error)) (v goja.Value, err error) {
	ctx, cancel := context.WithTimeout(ctx, runTime+lookupTime)
	defer cancel()
	e.calls.begin(ctx)
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		watch(ctx, vm, e.calls, done)
	}()
	defer func() {
		close(done)
		<-watched
		vm.ClearInterrupt()
		if r := recover(); r != nil {
			v, err = nil, errors.New("the JavaScript engine fails on it")
		}
	}()
	v, err = run()
	if ctx.Err() != nil { // whatever it made of names that were not found in time
		return nil, fmt.Errorf("%w (%w)", errTime, ctx.Err())
	}
	var stopped *goja.InterruptedError
	if errors.As(err, &stopped) {
		if why, ok := stopped.Value().(error); ok {
			return nil, why
		}
	}
	return v, plain(err)
}

// watch stops the script at its limits. Time that passes in DNS queries is
// not the script's.
func watch(ctx context.Context, vm *goja.Runtime, c *calls, done <-chan struct{}) {
	before := heap()
	start := time.Now()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			vm.Interrupt(errTime)
			return
		case <-tick.C:
		}
		if time.Since(start)-c.waited() > runTime {
			vm.Interrupt(errTime)
			return
		}
		if heap() > before+runMemory {
			vm.Interrupt(errMemory)
			return
		}
	}
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// plain keeps of a script's error where it is, not what it says: the text is
// the script's.
func plain(err error) error {
	var thrown *goja.Exception
	var overflow *goja.StackOverflowError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &overflow):
		return errors.New("it calls itself too deeply")
	case errors.As(err, &thrown):
		if stack := thrown.Stack(); len(stack) > 0 {
			return fmt.Errorf("it throws an exception at line %d", stack[0].Position().Line)
		}
		return errors.New("it throws an exception")
	}
	return errors.New("it can not be run")
}

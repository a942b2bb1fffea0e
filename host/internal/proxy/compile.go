package proxy

import (
	"errors"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

// compileTime is for reading a script, which nothing can interrupt.
const compileTime = 5 * time.Second

// compiler reads scripts, one at a time. One that takes too long is given up
// but goes on in the background: until it ends no other is begun.
type compiler struct {
	read  func(text string) (*goja.Program, error)
	after func(time.Duration) <-chan time.Time
	under <-chan struct{} // the reading that was given up; nil: none
}

func newCompiler() *compiler { return &compiler{read: read, after: time.After} }

func (c *compiler) compile(text string) (*goja.Program, error) {
	if c.under != nil {
		select {
		case <-c.under:
			c.under = nil
		default:
			return nil, errors.New("an earlier one is still being read")
		}
	}
	var program *goja.Program
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		program, err = c.read(text)
	}()
	select {
	case <-done:
		return program, err
	case <-c.after(compileTime):
		c.under = done
		return nil, errTime
	}
}

func read(text string) (program *goja.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			program, err = nil, errors.New("the JavaScript engine fails on it")
		}
	}()
	if deep(text) {
		return nil, errors.New("its brackets are nested too deeply")
	}
	tree, err := goja.Parse("proxy.pac", text, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, errors.New("it is not JavaScript")
	}
	if high(tree) {
		return nil, errors.New("one of its expressions is too long")
	}
	program, err = goja.CompileAST(tree, false)
	if err != nil {
		return nil, errors.New("it is not JavaScript")
	}
	return program, nil
}

package proxy

import (
	"errors"
	"testing"
	"time"

	"github.com/dop251/goja"
)

// A script that is read for ever costs one goroutine, whoever asks how often.
func TestCompileGivesUp(t *testing.T) {
	began, end := 0, make(chan struct{})
	late := make(chan time.Time, 1)
	late <- time.Time{}
	c := &compiler{
		after: func(time.Duration) <-chan time.Time { return late },
		read: func(string) (*goja.Program, error) {
			began++
			<-end
			return nil, nil
		},
	}
	if _, err := c.compile(""); !errors.Is(err, errTime) {
		t.Fatalf("%v", err)
	}
	for range 3 {
		if _, err := c.compile(""); err == nil || errors.Is(err, errTime) {
			t.Errorf("%v", err)
		}
	}
	close(end)
	<-c.under
	if _, err := c.compile(""); err != nil || began != 2 {
		t.Errorf("%v, begun %d times", err, began)
	}
}

package texts

import (
	"strings"
	"testing"

	"raccordo/host/internal/wire"
)

func TestEveryCodeHasWords(t *testing.T) {
	for _, f := range wire.Faults {
		m, ok := all()[f.Code]
		if !ok || !strings.HasSuffix(m.Text, ".") || !strings.HasSuffix(m.Remedy, ".") {
			t.Errorf("%s: %+v; run npm run docs in extension", f.Code, m)
		}
		if Of(f.Code) != m {
			t.Errorf("%s has the words of another", f.Code)
		}
	}
	if len(all()) != len(wire.Faults) {
		t.Errorf("words for %d codes, there are %d", len(all()), len(wire.Faults))
	}
}

func TestUnknownCode(t *testing.T) {
	if got := Of("from.the_future"); got != Of(wire.ErrInternal) || got.Text == "" {
		t.Errorf("%+v", got)
	}
}

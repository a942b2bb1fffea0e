package worker

import (
	"testing"
	"unsafe"
)

// fakeModule is a token that writes down how it is logged in to. Calls that a
// login does not need end the test.
type fakeModule struct {
	cryptoki
	flags uint
	pins  [][]byte
}

func (f *fakeModule) Initialize() error                    { return nil }
func (f *fakeModule) GetTokenInfo(uint) (tokenInfo, error) { return tokenInfo{flags: f.flags}, nil }
func (f *fakeModule) OpenSession(uint) (session, error)    { return 1, nil }
func (f *fakeModule) Login(_ session, _ uint, pin []byte) error {
	f.pins = append(f.pins, pin)
	return nil
}

func TestWhatTheModuleGetsAsPIN(t *testing.T) {
	for _, row := range []struct {
		name  string
		flags uint
		pin   []byte
		calls int
		want  uint
	}{
		{"typed", 0, []byte("12345"), 1, 0},
		{"typed although there is a keypad", FlagProtectedPath, []byte("12345"), 1, 0},
		{"empty", 0, []byte{}, 0, PINLength},
		{"none", 0, nil, 0, PINLength},
		{"none, typed on the reader", FlagProtectedPath, nil, 1, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			lib := &fakeModule{flags: row.flags}
			m := &module{lib: lib, slots: map[uint]*slot{}}
			f := m.handle(Request{Op: OpLogin, Slot: 7, Secret: true}, row.pin).Fault
			if (f == nil) != (row.want == 0) || f != nil && f.Return != row.want {
				t.Errorf("%+v, want return 0x%X", f, row.want)
			}
			if len(lib.pins) != row.calls {
				t.Fatalf("%d calls of C_Login, want %d", len(lib.pins), row.calls)
			}
			// A copy on the way could not be wiped.
			if row.calls == 1 && (len(lib.pins[0]) != len(row.pin) || unsafe.SliceData(lib.pins[0]) != unsafe.SliceData(row.pin)) {
				t.Error("the module got a copy")
			}
		})
	}
}

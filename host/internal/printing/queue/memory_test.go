package queue

import (
	"errors"
	"maps"
	"slices"
)

// memory is a box whose writes are all or nothing. One that reports a fault may
// have been done.
type memory struct {
	world  *world
	values map[string][]byte
	writes int
}

var (
	errDisk = errors.New("no space left on the disk")
	errNone = errors.New("no such value")
)

func (m *memory) write(what string, do func()) error {
	w := m.world
	if w == nil {
		do()
		return nil
	}
	w.point("before " + what)
	w.elsewhere()
	m.writes++
	if w.healed || w.dice.Float64() >= w.plan.disk {
		do()
		w.note("disk: %s", what)
		w.point("after " + what)
		return nil
	}
	if w.dice.IntN(2) == 0 {
		do()
		w.note("disk: %s fails, and is done", what)
	} else {
		w.note("disk: %s fails", what)
	}
	w.point("after " + what)
	return errDisk
}

func (m *memory) Put(name string, value []byte) error {
	value = slices.Clone(value)
	return m.write("put "+name, func() { m.values[name] = value })
}

func (m *memory) Delete(name string) error {
	return m.write("delete "+name, func() { delete(m.values, name) })
}

func (m *memory) Get(name string) ([]byte, error) {
	value, ok := m.values[name]
	if !ok {
		return nil, errNone
	}
	return slices.Clone(value), nil
}

func (m *memory) Names() ([]string, error) { return slices.Sorted(maps.Keys(m.values)), nil }
